public import Foundation

/// How a store behaves.
public struct EventStoreOptions: Sendable {
    /// When an append is safe.
    public enum Durability: Sendable, Hashable {
        /// Against the end of the process at once; against a loss of power after the next checkpoint. The file is
        /// never damaged by either, and order is kept: what is lost is the newest.
        case normal
        /// Against a loss of power, too: each transaction is on the disk before the append returns. Appends that wait
        /// at the same time share one transaction, and so one wait for the disk.
        case full
    }

    /// When an append is safe.
    public var durability = Durability.normal

    /// How long a writer waits while other processes keep the database locked.
    public var busyTimeout = Duration.seconds(10)

    /// How often a store looks for events of other processes while a subscription waits.
    ///
    /// Events of this process reach a subscription at once; those of others within this time.
    public var pollInterval = Duration.milliseconds(5)

    /// The most bytes that an event may take as JSON.
    public var maximumEventBytes = 4 << 20

    /// The most events that one append may bring.
    public var maximumAppendEvents = 10_000

    /// The most appends that may wait for one another.
    public var maximumWaitingAppends = 10_000

    /// The most appends of different callers that share one transaction.
    public var maximumGroup = 512

    /// Tells the time that events are stamped with.
    public var now: @Sendable () -> Date = { Date() }

    /// The usual behaviour.
    public init() {}

    /// Throws unless every value is in range.
    func validate() throws {
        func check(_ condition: Bool, _ text: String) throws {
            if !condition { throw EventStoreError(.invalidArgument, text) }
        }
        try check(busyTimeout >= .zero, "busyTimeout is negative.")
        try check(pollInterval >= .microseconds(100), "pollInterval is below 100 microseconds.")
        try check((1...(256 << 20)).contains(maximumEventBytes), "maximumEventBytes is not from 1 to 256 MiB.")
        try check((1...1_000_000).contains(maximumAppendEvents), "maximumAppendEvents is not from 1 to 1,000,000.")
        try check((1...1_000_000).contains(maximumWaitingAppends), "maximumWaitingAppends is not from 1 to 1,000,000.")
        try check((1...100_000).contains(maximumGroup), "maximumGroup is not from 1 to 100,000.")
    }
}
