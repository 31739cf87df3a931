/// What the events of one stream add up to.
public protocol StreamState: Sendable {
    /// The state before the first event.
    init()

    /// Changes the state by the next event.
    ///
    /// Depend on nothing but the state and the event.
    mutating func apply(_ event: RecordedEvent) throws
}

/// A state that can be kept, so that a long stream need not be read from its beginning.
///
/// A snapshot is no truth of its own: it may be thrown away at any time, and one of another version, or one that cannot
/// be read, is as good as none.
public protocol SnapshotState: StreamState, Codable {
    /// The stable name of the state.
    static var snapshotName: String { get }
    /// Raise it when the stored form or the meaning changes.
    static var snapshotVersion: Int { get }
}

/// A state, and the version of the stream that it belongs to.
public struct ReplayedState<State: StreamState>: Sendable {
    /// The stream.
    public let stream: StreamID
    /// The state.
    public let state: State
    /// The version of the last event in it; zero if there is none.
    public let version: Int
    /// How many events were read for it; fewer than its version if it started from a snapshot.
    public let eventsRead: Int
}
