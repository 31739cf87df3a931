import CloudPrices
import Foundation
import PriceListServer
import Testing

struct SampleLibraryTests {
    @Test func `AWS's tree is served as it lies`() async throws {
        try await withSamples { server, client in
            let index = try await client.data(server.url + "/offers/v1.0/aws/index.json")
            #expect(index == FileManager.default.contents(atPath: sampleFolder + "/aws/offers/v1.0/aws/index.json"))
            let path = "/offers/v1.0/aws/AmazonEC2/current/eu-west-1/index.csv"
            let list = try await client.data(server.url + path, content: .csv)
            #expect(list == FileManager.default.contents(atPath: sampleFolder + "/aws" + path))
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: [
        "/nothing.json", "/../README.md", "/offers/../../README.md", "/%2e%2e/README.md", "/", "/offers",
        "/..%2F%CC%81/../../README.md",
    ])
    func `what is not in the tree is not served`(path: String) async throws {
        try await withSamples { server, client in
            let error = await #expect(throws: PriceListFetchError.self) {
                try await client.data(server.url + path)
            }
            #expect(error?.code == .refused && error?.status == 404)
        }
    }

    @Test func `a folder that is not there is an error`() throws {
        #expect(throws: SampleLibrary.Fault.self) { try SampleLibrary(folder: sampleFolder + "/none") }
        #expect(throws: SampleLibrary.Fault.self) { try SampleLibrary(folder: sampleFolder, snapshot: "1999") }
    }

    @Test func `elements are cut out byte for byte`() {
        func cut(_ text: String, _ name: String? = nil) -> [String]? {
            JSONSlices.elements(of: Array(text.utf8), under: name)?.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(
            cut("[ {\"a\": 3.40e-05} ,[1,2],\"],\\\"[\", 4 ]") == ["{\"a\": 3.40e-05}", "[1,2]", "\"],\\\"[\"", "4"])
        #expect(cut("{\"x\": [1], \"skus\": [2, {\"y\": [3]}]}", "skus") == ["2", "{\"y\": [3]}"])
        #expect(cut("[]") == [] && cut("[1") == nil && cut("1") == nil && cut("{}", "skus") == nil)
    }

    @Test(arguments: [
        ("/offers/v1.0/aws/AmazonS3/current/index.json", "in the other format alone: ask for CSV ('--csv'"),
        ("/offers/v1.0/aws/Moon/current/index.json", "put it into the served folder as aws/offers/v1.0/aws/Moon"),
        ("/v1/services/none/skus", "A list in gcp/skus with SKUs of it would bring it"),
    ])
    func `a list that is not there is refused with what would bring it`(path: String, words: String) async throws {
        try await withSamples { server, client in
            let error = await #expect(throws: PriceListFetchError.self) { try await client.data(server.url + path) }
            #expect(error?.description.contains(words) == true, "\(error as Any)")
        }
    }
}
