/// A place where finished files are kept under keys: a folder, or a bucket of an S3-compatible service.
///
/// Whoever lists or reads sees an object whole or not at all. Nothing is promised about the order in which two writers
/// of one key win.
public protocol ObjectStorage: Sendable {
    /// Where it is, for people: a path, or an `s3://` address. Holds no secret.
    var place: String { get }

    /// Stores a file under a key, replacing what was there.
    ///
    /// - Throws: ``StorageError``; `CancellationError`, which leaves what was there before.
    func put(_ file: String, as key: ObjectKey) async throws

    /// The objects whose keys begin with a text, by key.
    ///
    /// - Throws: ``StorageError``, also for more objects than ``StorageLimits/listedObjects``.
    func list(prefix: String) async throws -> [StoredObject]

    /// Copies an object into a file, which appears whole or not at all.
    ///
    /// - Throws: ``StorageError`` with `notFound` if there is none.
    func get(_ key: ObjectKey, into file: String) async throws

    /// Removes an object; one that is not there is no error.
    func delete(_ key: ObjectKey) async throws
}

/// An object as a listing shows it.
public struct StoredObject: Sendable, Hashable {
    /// Its name.
    public var key: ObjectKey
    /// Its size in bytes.
    public var byteCount: Int64
    /// When it was stored, in seconds since 1970, as the storage tells it.
    public var modified: Int64

    /// Makes an entry of a listing.
    public init(key: ObjectKey, byteCount: Int64, modified: Int64) {
        self.key = key
        self.byteCount = byteCount
        self.modified = modified
    }
}

/// What bounds a storage.
public enum StorageLimits {
    /// Objects that a listing may have.
    public static let listedObjects = 100_000
    /// The size of a single upload that S3 takes: 5 GiB.
    public static let uploadBytes: Int64 = 5 << 30
}
