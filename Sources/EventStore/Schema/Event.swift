/// A fact that has happened, as a value that is stored and never changed again.
///
/// The stored form is JSON. Give each kind of event a type of its own:
///
/// ```swift
/// struct OrderPlaced: Event {
///     static let eventType = EventType("order.placed")
///     var customer: String
/// }
/// ```
///
/// Renaming the Swift type changes nothing that is stored. When the stored form changes, keep the old struct, raise the
/// version of the new one and add a step from one to the other: see `upcast` of ``EventSchema``.
public protocol Event: Codable, Sendable {
    /// The stable name of this kind of event, and the version of its stored form.
    static var eventType: EventType { get }
}

/// The stable name of a kind of event, and the version of its stored form.
public struct EventType: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The name, such as "order.placed"; at most 200 bytes, and never empty in a store.
    public let name: String
    /// The version of the stored form, from one.
    public let version: Int

    /// Names a kind of event.
    ///
    /// - Parameters:
    ///   - name: The stable name.
    ///   - version: The version of the stored form.
    public init(_ name: String, version: Int = 1) {
        self.name = name
        self.version = version
    }

    /// Name and version, such as "order.placed v2".
    public var description: String { "\(name) v\(version)" }
}
