import ObjectStorage
import PricePipeline
import Testing

struct StorageOpeningTests {
    @Test(
        arguments: [
            (nil, [:], "us-east-1"), (nil, ["AWS_DEFAULT_REGION": "eu-west-3"], "eu-west-3"),
            (nil, ["AWS_DEFAULT_REGION": "eu-west-3", "AWS_REGION": "eu-west-1"], "eu-west-1"),
            ("ap-south-1", ["AWS_REGION": "eu-west-1"], "ap-south-1"), (nil, ["AWS_REGION": ""], "us-east-1"),
        ] as [(String?, [String: String], String)])
    func `the region is the one that is named, else the environment's`(
        named: String?, environment: [String: String], region: String
    ) throws {
        let options = try StorageOpening.options(endpoint: nil, region: named, environment: environment)
        #expect(options.region == region)
    }

    @Test func `a region that is none is named`() {
        let error = #expect(throws: StorageError.self) {
            try StorageOpening.storage("s3://prices", region: "eu-west-1/x", key: "A:B", environment: [:])
        }
        #expect(error?.code == .invalidLocation)
    }
}
