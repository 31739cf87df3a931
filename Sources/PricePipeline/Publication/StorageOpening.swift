import ByteText
public import Foundation
public import ObjectStorage

/// Opens the storage that a location names.
public enum StorageOpening {
    /// The variable of the environment that holds the key of an S3-compatible storage.
    public static let keyVariable = "STORAGE_KEY"

    /// The variables of the environment that hold the region of buckets, the first one that is set.
    public static let regionVariables = ["AWS_REGION", "AWS_DEFAULT_REGION"]

    /// Opens a storage; nothing is asked of it yet.
    ///
    /// - Parameters:
    ///   - location: A folder, or `s3://bucket/prefix`.
    ///   - endpoint: Where an S3-compatible service is; nil is Amazon's.
    ///   - region: The region of the bucket; nil for what the environment says.
    ///   - key: Its key, `ACCESS_KEY_ID:SECRET_KEY`; not needed for a folder.
    ///   - environment: Where ``regionVariables`` are looked up.
    /// - Returns: The storage.
    /// - Throws: `StorageError` for a location that is none, and for a bucket without a key.
    public static func storage(
        _ location: String, endpoint: String? = nil, region: String? = nil, key: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(StorageError) -> any ObjectStorage {
        switch try StorageLocation(location) {
        case .folder(let path): return FolderStorage(path)
        case .bucket(let name, let prefix):
            guard let key, !key.isEmpty else {
                throw StorageError(
                    .invalidCredentials, "\(location) needs a key: set \(keyVariable) to ACCESS_KEY_ID:SECRET_KEY")
            }
            return try S3Storage(
                bucket: name, prefix: prefix, credentials: S3Credentials(parsing: key),
                options: options(endpoint: endpoint, region: region, environment: environment))
        }
    }

    /// Where a bucket is: the region is the one that is named, else the environment's, else `us-east-1`.
    ///
    /// - Throws: `StorageError` for a text that cannot be a region's name.
    package static func options(
        endpoint: String?, region: String?, environment: [String: String]
    ) throws(StorageError) -> S3Options {
        var options = S3Options()
        options.endpoint = endpoint
        let candidates = [region] + regionVariables.map { environment[$0] }
        guard let region = candidates.compactMap(\.self).first(where: { !$0.isEmpty }) else { return options }
        guard region.bytes.isMade(ofLettersDigitsAnd: "-") else {
            throw StorageError(.invalidLocation, "'\(region)' is no region; one is like eu-west-1")
        }
        options.region = region
        return options
    }
}
