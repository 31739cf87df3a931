#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Time and chance, as a client sees them; tests pass their own.
package struct Pace: Sendable {
    /// The time of the calendar, in seconds since 1970.
    package var secondsSince1970: @Sendable () -> Int64
    /// A number from 0 to 1.
    package var random: @Sendable () -> Double
    /// Waits.
    package var wait: @Sendable (Duration) async throws -> Void

    package init(
        secondsSince1970: @escaping @Sendable () -> Int64, random: @escaping @Sendable () -> Double,
        wait: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.secondsSince1970 = secondsSince1970
        self.random = random
        self.wait = wait
    }

    /// The system's.
    package static let system = Pace(
        secondsSince1970: { Int64(time(nil)) },
        random: { Double.random(in: 0...1) },
        wait: { try await Task.sleep(for: $0, clock: .continuous) })
}
