extension SharedBuffer: Codable {
    private enum CodingKeys: String, CodingKey { case segment, byteCount }

    /// Writes the name and the size of the memory, and attaches the memory itself to the message.
    ///
    /// - Throws: `EncodingError` with any encoder but a pool's: the memory cannot leave the machine, nor be stored.
    public func encode(to encoder: any Encoder) throws {
        guard let attachments = encoder.userInfo[.attachmentEncoding] as? any AttachmentEncoding else {
            throw EncodingError.invalidValue(
                self,
                EncodingError.Context(
                    codingPath: encoder.codingPath,
                    debugDescription: "A SharedBuffer travels through a process-thread pool only. "
                        + "For \(type(of: encoder)) encode array(of:), a copy of its contents."
                )
            )
        }
        try attachments.attach(segment)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(segment.id.rawValue, forKey: .segment)
        try container.encode(byteCount, forKey: .byteCount)
    }

    /// Finds the memory that came with the message.
    ///
    /// - Throws: `DecodingError` with any decoder but a pool's, and when the message names memory that did not come
    ///   with it.
    public convenience init(from decoder: any Decoder) throws {
        guard let attachments = decoder.userInfo[.attachmentDecoding] as? any AttachmentDecoding else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath,
                    debugDescription:
                        "A SharedBuffer travels through a process-thread pool only, not with \(type(of: decoder))."
                )
            )
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let id = try container.decode(UInt64.self, forKey: .segment)
        let byteCount = try container.decode(Int.self, forKey: .byteCount)
        guard let segment = try attachments.segment(id) as? SegmentReference,
            byteCount >= 0, byteCount <= segment.capacity
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .segment, in: container,
                debugDescription:
                    "Segment \(SegmentID(rawValue: id)) is not the memory of a SharedBuffer of \(byteCount) bytes."
            )
        }
        self.init(segment, byteCount: byteCount)
    }
}
