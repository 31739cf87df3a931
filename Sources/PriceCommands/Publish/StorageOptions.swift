package import ArgumentParser
import Foundation
package import ObjectStorage
import PricePipeline

/// Where published dumps are.
package struct StorageOptions: ParsableArguments {
    @Option(name: .customLong("storage"), help: "A folder, or s3://bucket/prefix.")
    package var location: String?

    @Option(help: "Where an S3-compatible service is. (default: Amazon's)")
    package var endpoint: String?

    @Option(help: "The region of the bucket. (default: AWS_REGION, AWS_DEFAULT_REGION, or us-east-1)")
    package var region: String?

    package init() {}

    /// Opens the storage, with the key of the environment.
    package func open() throws -> any ObjectStorage {
        guard let location else { throw ValidationError("Say where the dumps are with --storage.") }
        let key = ProcessInfo.processInfo.environment[StorageOpening.keyVariable]
        return try StorageOpening.storage(location, endpoint: endpoint, region: region, key: key)
    }
}
