/// Why a price list could not be fetched.
public struct PriceListFetchError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; more may be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the kind.
        public let description: String

        /// The server could not be reached, or kept failing.
        public static let unavailable = Code(description: "unavailable")
        /// The server kept asking for fewer requests, or for more patience than there is.
        public static let throttled = Code(description: "throttled")
        /// The server refused: a wrong address, a missing or wrong key.
        public static let refused = Code(description: "refused")
        /// A page for people came in place of data.
        public static let htmlInPlaceOfData = Code(description: "htmlInPlaceOfData")
        /// The body does not start as its kind does, or is empty.
        public static let wrongContent = Code(description: "wrongContent")
        /// The body is said to be gzip and is not, or is damaged or cut off.
        public static let badGzip = Code(description: "badGzip")
        /// The connection kept breaking in mid-body.
        public static let cutOff = Code(description: "cutOff")
        /// The list changed while it was read, so the two halves do not belong together.
        public static let changedMeanwhile = Code(description: "changedMeanwhile")
        /// More bytes came than are allowed.
        public static let tooLarge = Code(description: "tooLarge")
        /// It took longer than is allowed.
        public static let tooSlow = Code(description: "tooSlow")
        /// Redirected too often, in a circle, or with a secret to another host.
        public static let badRedirect = Code(description: "badRedirect")
        /// The address is not one.
        public static let badAddress = Code(description: "badAddress")
        /// A recording has no such reply.
        public static let notRecorded = Code(description: "notRecorded")
    }

    /// The kind of failure.
    public var code: Code
    /// The address that was asked, without secrets.
    public var url: String
    /// What was seen.
    public var detail: String
    /// The last status, if a reply came at all.
    public var status: Int?
    /// How many requests were sent.
    public var attempts: Int

    /// The kind, the address, and what was seen.
    public var description: String {
        let tries = attempts == 1 ? "" : " after \(attempts) requests"
        return "\(url): \(detail)\(tries) [\(code)]"
    }
}
