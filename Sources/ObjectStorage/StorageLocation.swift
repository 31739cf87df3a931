/// Where a storage is, as people write it: `dumps`, `/var/dumps`, `s3://bucket` or `s3://bucket/prefix`.
public enum StorageLocation: Sendable, Hashable {
    case folder(String)
    case bucket(name: String, prefix: String)

    /// Reads a location.
    ///
    /// - Throws: ``StorageError`` with `invalidLocation`.
    public init(_ text: String) throws(StorageError) {
        guard let scheme = text.firstRange(of: "://") else {
            guard !text.isEmpty else { throw StorageError(.invalidLocation, "the storage's location is empty") }
            self = .folder(text)
            return
        }
        guard text[..<scheme.lowerBound] == "s3" else {
            throw StorageError(.invalidLocation, "'\(text)' is neither a folder nor of the form s3://bucket/prefix")
        }
        let parts = text[scheme.upperBound...].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard Self.isBucketName(name) else {
            throw StorageError(
                .invalidLocation,
                "'\(name)' in '\(text)' cannot be a bucket: 3 to 63 of a-z, 0-9, '.' and '-'")
        }
        var prefix = parts.count == 2 ? String(parts[1]) : ""
        while prefix.hasSuffix("/") { prefix.removeLast() }
        if !prefix.isEmpty { _ = try ObjectKey(prefix) }
        self = .bucket(name: name, prefix: prefix)
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
