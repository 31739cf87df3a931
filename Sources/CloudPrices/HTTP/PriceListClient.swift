import Foundation

/// Fetches price lists: with patience, from where it was cut off, in constant memory.
///
/// A value with no state of its own; copies share the transport.
public struct PriceListClient: Sendable {
    /// How often and how patiently to try again.
    public var retry: RetryPolicy
    /// How much one list may bring and how long it may take.
    public var limits: DownloadLimits
    /// Where copies are kept; `nil` fetches every list anew.
    public var cache: PriceListCache?
    private let transport: any HTTPTransport
    private let environment: FetchEnvironment

    /// Makes a client over a transport.
    package init(
        transport: any HTTPTransport,
        retry: RetryPolicy = RetryPolicy(),
        limits: DownloadLimits = DownloadLimits(),
        cache: PriceListCache? = nil,
        environment: FetchEnvironment = .system
    ) {
        self.transport = transport
        self.retry = retry
        self.limits = limits
        self.cache = cache
        self.environment = environment
    }

    /// Fetches one list and hands it on piece by piece, gzip undone.
    ///
    /// The next piece is read only after `consume` has returned, so a slow consumer slows the server down and memory
    /// stays constant. After a cut the download goes on at the same byte: `consume` never sees a byte twice. Where a
    /// copy is kept and the server says that it still holds, the copy is handed on in place of a download.
    ///
    /// - Throws: `PriceListFetchError`; `CancellationError`, soon after the task is cancelled; what `consume` throws,
    ///   untouched.
    public func fetch(
        _ request: PriceListRequest, into consume: ([UInt8]) async throws -> Void
    ) async throws -> FetchResult {
        let copy = cache?.copy(of: request.url)
        var fetch = Fetch(
            request: request, transport: transport, environment: environment, cache: cache, copy: copy,
            machine: DownloadMachine(retry: retry, limits: limits, known: copy?.validators))
        return try await fetch.run(into: consume)
    }

    /// Fetches one list into memory.
    ///
    /// - Throws: as ``fetch(_:into:)``; `.tooLarge` past `limit` bytes.
    public func fetchWhole(_ request: PriceListRequest, limit: Int = 64 << 20) async throws -> (FetchResult, [UInt8]) {
        var body: [UInt8] = []
        var client = self
        client.limits.maximumExpandedBytes = min(limits.maximumExpandedBytes, Int64(limit))
        let result = try await client.fetch(request) { body += $0 }
        return (result, body)
    }
}

/// What a fetch brought.
public struct FetchResult: Sendable, Hashable {
    /// Whether the list is as it was when its copy was kept, which was handed on.
    public var isUnchanged = false
    /// Bytes as they crossed the wire.
    public var bytes: Int64 = 0
    /// Bytes after gzip was undone.
    public var expandedBytes: Int64 = 0
    /// Requests that were sent, those for the rest after a cut included.
    public var requests = 0
    /// What tells this version from others.
    public var validators = Validators()
}

/// The clock and the chance that waits depend on.
package struct FetchEnvironment: Sendable {
    /// Waits so long.
    package let sleep: @Sendable (Duration) async throws -> Void
    /// Gives a function that tells how long ago this was called.
    package let stopwatch: @Sendable () -> () -> Duration
    /// The time of day.
    package let now: @Sendable () -> PriceInstant
    /// A number from 0 up to 1.
    package let random: @Sendable () -> Double

    package init<C: Clock>(
        clock: C,
        now: @escaping @Sendable () -> PriceInstant,
        random: @escaping @Sendable () -> Double
    ) where C.Duration == Duration {
        sleep = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
        stopwatch = {
            let start = clock.now
            return { start.duration(to: clock.now) }
        }
        self.now = now
        self.random = random
    }

    /// The real ones.
    package static let system = FetchEnvironment(
        clock: ContinuousClock(),
        now: { .now },
        random: { Double.random(in: 0..<1) })
}
