/// Collects what a message refers to but does not contain, such as segments of shared memory.
///
/// A type whose bytes travel beside the message finds it under `CodingUserInfoKey.attachmentEncoding`.
package protocol AttachmentEncoding: AnyObject {
    /// Keeps the segment with the message, so that the receiver can find it by its number.
    func attach(_ segment: any AnyObject & Sendable) throws
}

/// Finds what a message refers to but does not contain.
package protocol AttachmentDecoding: AnyObject {
    /// The segment with that number, or an error when the sender did not attach it.
    func segment(_ id: UInt64) throws -> AnyObject
}

extension CodingUserInfoKey {
    /// Where an encoder keeps its `AttachmentEncoding`.
    package static let attachmentEncoding = named("sennit.attachmentEncoding")
    /// Where a decoder keeps its `AttachmentDecoding`.
    package static let attachmentDecoding = named("sennit.attachmentDecoding")

    private static func named(_ name: String) -> CodingUserInfoKey {
        guard let key = CodingUserInfoKey(rawValue: name) else { fatalError("the key \(name) cannot be made") }
        return key
    }
}
