/// Which service holds a bucket, and how patiently it is asked.
public struct S3Options: Sendable {
    /// The service's address, `https://host` or `http://host:port`; `nil` is Amazon's own for the region.
    public var endpoint: String?
    /// The region that requests are signed for.
    public var region = "us-east-1"
    /// Tries of a request that fails for a passing reason, at least 1.
    public var attempts = 4
    /// The pause before the second try; it doubles with each further one, up to 5 s, and varies by half.
    public var pause: Duration = .milliseconds(200)
    /// How long a request may take, and an upload besides one second for each megabyte.
    public var timeout: Duration = .seconds(30)

    /// Objects asked for in one page of a listing, from 1 to 1,000.
    public var listingPage = 1000

    /// Amazon's own service in `us-east-1`.
    public init() {}
}
