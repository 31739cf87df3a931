/// What one fetch may take: time, bytes, lines.
public struct WebLimits: Sendable, Hashable {
    /// The longest that one request may take until its connection stands: lookup, TCP and TLS together.
    public var connect: Duration = .seconds(10)
    /// The longest wait for the response's first byte, once the request was sent.
    public var firstByte: Duration = .seconds(30)
    /// The longest silence within a response.
    ///
    /// The time in which the reader does not read is not silence.
    public var idle: Duration = .seconds(30)
    /// The longest that the fetch may take, with redirects, retries, their waits, and the reader's own time.
    public var whole: Duration = .seconds(300)
    /// The least bytes a second that a response may bring, measured over ``rateWindow``; 0 for any.
    public var minimumBytesPerSecond: Int = 0
    /// How long a response is watched before it is found too slow.
    public var rateWindow: Duration = .seconds(20)

    /// The most bytes of a body as it crosses the wire.
    public var maximumWireByteCount: Int64 = 64 << 20
    /// The most bytes of a body after it was decoded.
    public var maximumByteCount: Int64 = 64 << 20
    /// How many times its bytes on the wire a body may decode to.
    public var maximumCompressionRatio: Int64 = 100
    /// The decoded bytes from which ``maximumCompressionRatio`` holds; small bodies may be very regular.
    public var compressionGraceByteCount: Int64 = 1 << 20
    /// The most bytes of a response's head, interim responses and trailers included.
    public var maximumHeadByteCount: Int = 128 << 10
    /// The most lines of a response's head, interim responses and trailers included.
    public var maximumHeadLineCount: Int = 512

    /// The defaults.
    public init() {}
}
