/// Why a region of memory cannot serve as a channel or a doorbell.
package enum ChannelError: Error, Equatable, Sendable {
    /// A count or size asked for lies outside what a channel can have.
    case limitExceeded(field: String, value: Int, allowed: ClosedRange<Int>)
    /// The region holds fewer bytes than its tables need.
    case regionTooSmall(needed: Int, available: Int)
    /// The region does not start on a cache line.
    case misaligned
    /// The region already holds tables; making a channel needs a fresh, zero-filled one.
    case regionInUse
    /// The region does not begin with the mark of a channel (or doorbell).
    case notAChannel
    /// The region was laid out by another version of the transport.
    case unknownVersion(UInt32)
    /// A field of the header contradicts the others or the region's size.
    case badHeader(field: String)
}
