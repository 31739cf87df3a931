import Foundation

/// The kinds of events that a program knows, and the steps from old stored forms to new ones.
///
/// ```swift
/// let schema = EventSchema()
///     .event(OrderPlaced.self)                                     // "order.placed" v2
///     .upcast(OrderPlacedV1.self, to: OrderPlaced.self) { old in   // "order.placed" v1
///         OrderPlaced(customer: old.customer, currency: "EUR")
///     }
/// ```
///
/// Steps form chains: v1 to v2, v2 to v3. Each is taken once for each event that is read in the older form; nothing
/// stored is rewritten. A step may change the name as well.
public struct EventSchema: Sendable {
    private struct Entry: Sendable {
        var decode: @Sendable (borrowing StoredPayload) throws -> any Event
        var step: (@Sendable (any Event) throws -> any Event)?
        var next: EventType?
    }

    private var entries: [EventType: Entry] = [:]
    private var newest: [String: Int] = [:]

    /// A schema that knows nothing yet.
    public init() {}

    /// A schema that knows some kinds of events.
    public init(_ events: [any Event.Type]) {
        for type in events { self = event(type) }
    }

    /// Adds a kind of event in its present form.
    ///
    /// - Parameter type: The kind; a later addition of the same name and version replaces it.
    /// - Returns: The larger schema.
    public func event<E: Event>(_ type: E.Type) -> EventSchema {
        var schema = self
        schema.entries[E.eventType] = Entry(decode: { payload in try payload.decode(E.self) })
        schema.note(E.eventType)
        return schema
    }

    /// Adds an old form of an event, and the step to the next one.
    ///
    /// - Parameters:
    ///   - old: The old form.
    ///   - new: The next one, which may be old itself; add it as well.
    ///   - step: Makes the new value. What it throws comes out where the event is read.
    /// - Returns: The larger schema.
    public func upcast<Old: Event, New: Event>(
        _ old: Old.Type, to new: New.Type, _ step: @escaping @Sendable (Old) throws -> New
    ) -> EventSchema {
        var schema = self
        schema.entries[Old.eventType] = Entry(
            decode: { payload in try payload.decode(Old.self) },
            step: { value in
                guard let value = value as? Old else { return value }
                return try step(value)
            },
            next: New.eventType)
        schema.note(Old.eventType)
        return schema
    }

    private mutating func note(_ type: EventType) {
        newest[type.name] = max(newest[type.name] ?? 0, type.version)
    }

    /// The event in its newest form.
    package func value(of payload: borrowing StoredPayload, type: EventType) throws -> any Event {
        guard let entry = entries[type] else { throw missing(type) }
        var value = try entry.decode(payload)
        var current = entry
        // A chain is never longer than the schema; one that is longer runs in a circle.
        for _ in entries.indices {
            guard let step = current.step, let next = current.next else { return value }
            value = try step(value)
            guard let following = entries[next] else { return value }
            current = following
        }
        guard current.step == nil else {
            throw EventStoreError(.invalidArgument, "The steps that start at \(type) run in a circle.")
        }
        return value
    }

    private func missing(_ type: EventType) -> EventStoreError {
        guard let known = newest[type.name] else {
            return EventStoreError(
                .unknownEventType, "The schema does not know '\(type.name)'. Add it with event(_:) or upcast(_:to:).")
        }
        guard type.version > known else {
            return EventStoreError(
                .unknownEventType, "The schema has no step from \(type). Add the old struct with upcast(_:to:).")
        }
        return EventStoreError(
            .futureEvent,
            "\(type) was written by a newer program; this one knows version \(known). Read it with the newer one.")
    }
}
