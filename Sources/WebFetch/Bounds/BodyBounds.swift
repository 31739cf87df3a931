/// Counts a body's bytes against their limits; pure.
struct BodyBounds {
    private let limits: WebLimits
    /// How many bytes were decoded.
    private(set) var decodedByteCount: Int64 = 0

    init(_ limits: WebLimits) { self.limits = limits }

    struct Breach: Equatable {
        var code: WebFetchError.Code
        var detail: String
    }

    /// Judges a body by the length that its head announces, before a byte of it was read.
    ///
    /// - Parameters:
    ///   - head: The head.
    ///   - isDecoded: Whether the body is decoded; otherwise its bytes are handed on as they come.
    /// - Returns: The limit that would be passed, or nil.
    func judge(_ head: WebHead, isDecoded: Bool) -> Breach? {
        guard let length = head.contentLength else { return nil }
        if length > limits.maximumWireByteCount { return tooLarge(limits.maximumWireByteCount) }
        return !isDecoded && length > limits.maximumByteCount ? tooLarge(limits.maximumByteCount) : nil
    }

    /// Takes so many decoded bytes.
    ///
    /// - Parameters:
    ///   - count: The bytes that were decoded since the last call.
    ///   - wire: The bytes of the body that have crossed the wire so far.
    /// - Returns: The limit that was passed, or nil.
    mutating func take(_ count: Int, wire: Int64) -> Breach? {
        decodedByteCount += Int64(count)
        if wire > limits.maximumWireByteCount { return tooLarge(limits.maximumWireByteCount) }
        if decodedByteCount > limits.maximumByteCount { return tooLarge(limits.maximumByteCount) }
        guard decodedByteCount > limits.compressionGraceByteCount,
            decodedByteCount / max(wire, 1) >= limits.maximumCompressionRatio
        else { return nil }
        return Breach(
            code: .suspiciousCompression,
            detail: "\(wire) bytes decode to more than \(limits.maximumCompressionRatio) times as many")
    }

    private func tooLarge(_ limit: Int64) -> Breach {
        Breach(code: .bodyTooLarge, detail: "the body has more than \(limit) bytes")
    }
}
