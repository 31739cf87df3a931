/// An argument or a result is larger than the pool lets through.
///
/// Only the task concerned fails; its worker lives on. Raise the pool's `maximumPayloadBytes`, or pass the bulk in a
/// ``SharedBuffer``.
public struct PayloadTooLarge: Error, Sendable, Equatable, Codable, CustomStringConvertible {
    /// The size of the encoded payload in bytes.
    public let byteCount: Int
    /// The largest that is let through, in bytes.
    public let maximumByteCount: Int

    /// Describes a payload of `byteCount` bytes where at most `maximumByteCount` are let through.
    public init(byteCount: Int, maximumByteCount: Int) {
        self.byteCount = byteCount
        self.maximumByteCount = maximumByteCount
    }

    /// One sentence with both sizes.
    public var description: String {
        "a payload of \(byteCount) bytes exceeds the maximum of \(maximumByteCount); "
            + "raise maximumPayloadBytes or pass the bulk in a SharedBuffer"
    }
}
