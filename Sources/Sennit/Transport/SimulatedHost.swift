/// What stands in for the machine under a worker that is simulated.
///
/// A real worker has none: its channel then asks the machine's clock, and its death needs no telling.
package protocol SimulatedHost: AnyObject, Sendable {
    /// The time, in the simulation's nanoseconds.
    func now() -> UInt64
    /// Whether the worker lives; what a dead one writes goes nowhere.
    var isAlive: Bool { get }
    /// The worker has put something into its completion ring.
    func published()
    /// Waits on the simulation's clock.
    func sleep(for duration: Duration) async throws
}
