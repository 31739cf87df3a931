/// Carries an error from the process that threw it to the one that asked for the work.
package enum ErrorEnvelope {
    package static let maximumMessageLength = 64 * 1024
    package static let maximumFrames = 64
    /// The most bytes that a `Codable` error may take; a larger one crosses as `RemoteError`.
    package static let maximumErrorLength = 1024 * 1024

    private static let remote: UInt8 = 1
    private static let typed: UInt8 = 2
    private static let cancellation: UInt8 = 3

    /// Appends the error: as itself when it is `Codable`, else as what it says.
    ///
    /// Never fails: an error that cannot be encoded is described.
    package static func encode(
        error: any Error, typeName: String? = nil, throwSite: [String], into writer: inout ByteWriter,
        attachments: (any AttachmentEncoding)? = nil
    ) {
        if error is CancellationError { return writer.append(cancellation) }
        let start = writer.count
        writer.append(typed)
        writeDescription(error, typeName, throwSite, &writer)
        if let error = error as? any Codable & Error,
            (try? write(error, &writer, attachments)) != nil
        {
            return
        }
        writer.truncate(to: start)
        writer.append(remote)
        writeDescription(error, typeName, throwSite, &writer)
    }

    /// Whether the envelope holds a `CancellationError`.
    package static func isCancellation(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // Safety: the caller keeps the memory during the call.
        unsafe bytes.first == cancellation
    }

    /// Reads an error; one whose type is not found or does not decode comes back as `RemoteError`.
    package static func decode(
        from reader: inout ByteReader, attachments: (any AttachmentDecoding)? = nil
    ) throws -> any Error {
        let kind = try reader.byte()
        if kind == cancellation { return CancellationError() }
        guard kind == remote || kind == typed else {
            throw WireError(.invalidValue, "an error is written in an unknown way", offset: reader.offset - 1)
        }
        let described = try readDescription(&reader)
        guard kind == typed else { return described }
        let reference = try TypeReference(from: &reader)
        guard let type = try? reference.resolve() as? any (Codable & Error).Type,
            let error = try? WireCoder.decode(type, from: &reader, attachments: attachments)
        else { return described }
        return error
    }

    private static func write<E: Codable & Error>(
        _ error: E, _ writer: inout ByteWriter, _ attachments: (any AttachmentEncoding)?
    ) throws {
        try TypeReference(E.self).encode(into: &writer)
        try WireCoder.encode(error, into: &writer, attachments: attachments, sizeLimit: maximumErrorLength)
    }

    private static func writeDescription(
        _ error: any Error, _ typeName: String?, _ throwSite: [String], _ writer: inout ByteWriter
    ) {
        write(typeName ?? String(reflecting: type(of: error)), &writer)
        write(String(describing: error), &writer)
        let (domain, code) = RemoteError.identity(of: error)
        write(domain, &writer)
        writer.append(fixed: Int64(code))
        writer.append(varint: UInt64(min(throwSite.count, maximumFrames)))
        for frame in throwSite.prefix(maximumFrames) { write(frame, &writer) }
    }

    private static func write(_ text: String, _ writer: inout ByteWriter) {
        let bytes = Array(shortened(text).utf8)
        writer.append(varint: UInt64(bytes.count))
        writer.append(bytes)
    }

    /// The text, or its beginning when it is too long; cut between characters, so that what is left is still text.
    static func shortened(_ text: String) -> String {
        guard text.utf8.count > maximumMessageLength else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: maximumMessageLength)
        // Rounds down to the start of the character that the limit falls into.
        end = text[..<end].endIndex
        while end > text.startIndex, !isBoundary(text, end) { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }

    private static func isBoundary(_ text: String, _ index: String.Index) -> Bool {
        index.samePosition(in: text.unicodeScalars) != nil && String.Index(index, within: text) != nil
    }

    private static func readDescription(_ reader: inout ByteReader) throws -> RemoteError {
        let typeName = try readText(&reader)
        let message = try readText(&reader)
        let domain = try readText(&reader)
        let code = Int(truncatingIfNeeded: try reader.fixed(Int64.self))
        let count = try reader.varint()
        guard count <= UInt64(maximumFrames) else {
            throw WireError(.invalidValue, "an error has too many frames", offset: reader.offset)
        }
        let frames = try (0..<count).map { _ in try readText(&reader) }
        return RemoteError(typeName: typeName, message: message, throwSite: frames, domain: domain, code: code)
    }

    private static func readText(_ reader: inout ByteReader) throws -> String {
        try reader.string(try reader.length())
    }
}
