import ByteText

/// The name of an object: parts with `/` between them, such as `aws/2026-11-24.sql`.
///
/// Keys are bytes: what is checked, compared and ordered is their UTF-8.
public struct ObjectKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The key as it stands.
    public let text: String

    /// Checks a key.
    ///
    /// - Throws: ``StorageError`` with `invalidKey` for an empty key, one over 1,024 bytes, an empty part, `.` or `..`,
    ///   and control characters: no key may lead out of its storage.
    public init(_ text: String) throws(StorageError) {
        guard let fault = Self.fault(in: text) else {
            self.text = text
            return
        }
        throw StorageError(.invalidKey, "the key \(text.debugDescription) \(fault)")
    }

    private static func fault(in text: String) -> String? {
        guard !text.isEmpty else { return "is empty" }
        guard text.utf8.count <= 1024 else { return "is longer than 1,024 bytes" }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return "has a control character" }
        return PathText.staysBelow(text) ? nil : "has an empty part, '.' or '..'"
    }

    /// The key as it stands.
    public var description: String { text }

    /// Whether two keys are the same bytes, as storages compare them: é has two spellings, which are two keys.
    public static func == (left: ObjectKey, right: ObjectKey) -> Bool { left.text.bytes == right.text.bytes }

    /// Orders keys by their bytes.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool { left.text.bytes < right.text.bytes }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { text.bytes.hash(into: &hasher) }
}
