public import ObjectStorage

/// Opens the storage that a location names.
public enum StorageOpening {
    /// The variable of the environment that holds the key of an S3-compatible storage.
    public static let keyVariable = "STORAGE_KEY"

    /// Opens a storage; nothing is asked of it yet.
    ///
    /// - Parameters:
    ///   - location: A folder, or `s3://bucket/prefix`.
    ///   - endpoint: Where an S3-compatible service is; nil is Amazon's.
    ///   - key: Its key, `ACCESS_KEY_ID:SECRET_KEY`; not needed for a folder.
    /// - Returns: The storage.
    /// - Throws: `StorageError` for a location that is none, and for a bucket without a key.
    public static func storage(
        _ location: String, endpoint: String? = nil, key: String? = nil
    ) throws(StorageError) -> any ObjectStorage {
        switch try StorageLocation(location) {
        case .folder(let path): return FolderStorage(path)
        case .bucket(let name, let prefix):
            guard let key, !key.isEmpty else {
                throw StorageError(
                    .invalidCredentials, "\(location) needs a key: set \(keyVariable) to ACCESS_KEY_ID:SECRET_KEY")
            }
            var options = S3Options()
            options.endpoint = endpoint
            return try S3Storage(
                bucket: name, prefix: prefix, credentials: S3Credentials(parsing: key), options: options)
        }
    }
}
