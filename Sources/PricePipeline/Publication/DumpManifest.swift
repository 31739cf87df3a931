public import CloudPrices
public import DataChecks

/// What is known of a published dump; it lies beside it and is stored last, so a dump without one is not published.
public struct DumpManifest: Sendable, Hashable, Codable {
    /// Whose prices the dump holds; `all` for an aggregate of several.
    public var provider: CloudProvider
    /// When it was made, in seconds since 1970.
    public var created: Int64
    /// Rows of the price table.
    public var rows: Int
    /// The dump's size in bytes.
    public var byteCount: Int64
    /// The SHA-256 of its bytes, in hexadecimal digits.
    public var sha256: String
    /// How its checks came out; `nil` if it was published unchecked, on request.
    public var checks: CheckOutcome?

    /// Makes a manifest.
    public init(
        provider: CloudProvider, created: Int64, rows: Int, byteCount: Int64, sha256: String, checks: CheckOutcome?
    ) {
        self.provider = provider
        self.created = created
        self.rows = rows
        self.byteCount = byteCount
        self.sha256 = sha256
        self.checks = checks
    }

    /// Whether its checks passed, with or without warnings.
    public var isGood: Bool { checks == .pass || checks == .warn }
}
