import ByteText

/// Where a storage is, as people write it: `dumps`, `/var/dumps`, `s3://bucket` or `s3://bucket/prefix`.
public enum StorageLocation: Sendable, Hashable {
    case folder(String)
    case bucket(name: String, prefix: String)

    /// Reads a location.
    ///
    /// - Throws: ``StorageError`` with `invalidLocation`.
    public init(_ text: String) throws(StorageError) {
        guard let scheme = text.bytes.cut(at: "://") else {
            guard !text.isEmpty else { throw StorageError(.invalidLocation, "the storage's location is empty") }
            self = .folder(text)
            return
        }
        guard scheme.before == "s3" else {
            throw StorageError(.invalidLocation, "'\(text)' is neither a folder nor of the form s3://bucket/prefix")
        }
        let parts = scheme.after.parts(at: "/", limit: 2)
        let name = parts[0].string
        guard Self.isBucketName(name) else {
            throw StorageError(
                .invalidLocation,
                "'\(name)' in '\(text)' cannot be a bucket: 3 to 63 of a-z, 0-9, '.' and '-'")
        }
        var prefix: ByteText = parts.count == 2 ? parts[1] : ""
        while let shorter = prefix.withoutEnd("/") { prefix = shorter }
        if !prefix.isEmpty { _ = try ObjectKey(prefix.string) }
        self = .bucket(name: name, prefix: prefix.string)
    }

    private static func isBucketName(_ name: String) -> Bool {
        (3...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}
