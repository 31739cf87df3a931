/// The name of an object: parts with `/` between them, such as `aws/2026-11-24.sql`.
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
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
            return "has an empty part, '.' or '..'"
        }
        return nil
    }

    /// The key as it stands.
    public var description: String { text }

    /// Orders keys by their text.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool { left.text < right.text }
}
