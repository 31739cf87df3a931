import ByteText

/// Which events are wanted.
public struct EventFilter: Sendable, Hashable {
    /// Names of types; nil for all of them.
    public var types: Set<String>?
    /// Categories of streams; nil for all of them.
    public var categories: Set<String>?
    /// Streams; nil for all of them.
    public var streams: Set<StreamID>?
    /// Whether the marks of deleted streams are wanted, too, of the streams that are.
    public var includesTombstones: Bool

    /// Events of some types, of streams of some categories, or of some streams.
    public init(
        types: Set<String>? = nil, categories: Set<String>? = nil, streams: Set<StreamID>? = nil,
        includesTombstones: Bool = false
    ) {
        self.types = types
        self.categories = categories
        self.streams = streams
        self.includesTombstones = includesTombstones
    }

    /// Everything except the marks of deleted streams.
    public static let all = EventFilter()

    static let everything = EventFilter(includesTombstones: true)

    /// Events of some types.
    public static func types(_ events: any Event.Type...) -> EventFilter {
        EventFilter(types: Set(events.map { $0.eventType.name }))
    }

    /// Events of streams of one category.
    public static func category(_ name: String) -> EventFilter { EventFilter(categories: [name]) }

    /// Everything in some streams, the marks of their deletion, too.
    public static func streams(_ streams: Set<StreamID>) -> EventFilter {
        EventFilter(streams: streams, includesTombstones: true)
    }

    func wants(_ type: EventType) -> Bool {
        if type == StoreFormat.tombstone { return includesTombstones }
        return types?.contains(type.name) ?? true
    }

    func wants(_ stream: StreamID) -> Bool {
        (categories?.contains { $0.bytes == stream.category.bytes } ?? true) && (streams?.contains(stream) ?? true)
    }
}
