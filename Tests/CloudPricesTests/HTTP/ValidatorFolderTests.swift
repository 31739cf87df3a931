import CloudPrices
import Foundation
import Testing

struct ValidatorFolderTests {
    private typealias Reply = ScriptedTransport.Reply
    private let url = "https://prices.example.com/list.json"

    private func withFolder(_ body: (ValidatorFolder, String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(ValidatorFolder(path: path), path)
    }

    @Test func `an unchanged list is not read again, once it was kept`() async throws {
        try await withFolder { folder, _ in
            let transport = ScriptedTransport([
                Reply(200, ["ETag": "\"1\"", "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"], "[]"),
                Reply(200, ["ETag": "\"1\""], "[]"), Reply(304, ["ETag": "\"1\""]),
            ])
            let client = PriceListClient(scripted: transport, validators: folder)
            let request = PriceListRequest(url)
            let first = try await client.fetchWhole(request).0
            // Nothing was made of the list yet, so the next request is for all of it.
            _ = try await client.fetchWhole(request)
            #expect(transport.headers(ofRequest: 1)["if-none-match"] == nil)
            try client.remember(first, for: request)
            let third = try await client.fetchWhole(request)
            #expect(transport.headers(ofRequest: 2)["if-none-match"] == "\"1\"")
            #expect(transport.headers(ofRequest: 2)["if-modified-since"] == "Mon, 01 Jan 2024 00:00:00 GMT")
            #expect(third.0.isUnchanged && third.1.isEmpty)
        }
    }

    @Test func `a damaged file only costs a download`() async throws {
        try await withFolder { folder, path in
            try folder.keep(Validators(entityTag: "\"1\""), for: url)
            #expect(folder.validators(for: url)?.entityTag == "\"1\"")
            for file in try FileManager.default.contentsOfDirectory(atPath: path) {
                try Data("{".utf8).write(to: URL(fileURLWithPath: path + "/" + file))
            }
            #expect(folder.validators(for: url) == nil)
        }
    }

    @Test func `without validators nothing is kept`() async throws {
        try await withFolder { folder, _ in
            try folder.keep(Validators(entityTag: "\"1\""), for: url)
            try folder.keep(Validators(), for: url)
            #expect(folder.validators(for: url) == nil)
        }
    }

    @Test func `an answer that nobody asked for is an error`() async {
        let client = PriceListClient(scripted: ScriptedTransport([Reply(304)]))
        let error = await #expect(throws: PriceListFetchError.self) { try await client.text(url) }
        #expect(error?.code == .refused)
    }
}
