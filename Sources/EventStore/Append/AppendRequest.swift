/// One append, ready to be written.
struct AppendRequest: Sendable {
    var stream: StreamID
    var expected: ExpectedVersion
    var events: [EncodedEvent]
    var metadata: EventMetadata
    var command: CommandID?
    /// Microseconds since 1970.
    var time: Int

    /// Throws unless the names and counts are in range.
    func validate(_ options: EventStoreOptions) throws {
        try stream.validate()
        guard (1...options.maximumAppendEvents).contains(events.count) else {
            throw EventStoreError(
                .invalidArgument,
                "An append brings 1 to \(options.maximumAppendEvents) events; this one brings \(events.count).")
        }
        if let command, !(1...200).contains(command.key.utf8.count) {
            throw EventStoreError(.invalidArgument, "The key of a command has 1 to 200 bytes.")
        }
        for text in [metadata.correlation, metadata.causation] where (text?.utf8.count ?? 0) > 200 {
            throw EventStoreError(.invalidArgument, "Correlation and causation have at most 200 bytes.")
        }
        if case .exact(let version) = expected, version < 0 {
            throw EventStoreError(.invalidArgument, "The expected version is \(version).")
        }
    }
}

extension StreamID {
    /// Throws unless the name is one that the store takes.
    func validate() throws {
        let bytes = name.utf8
        guard (1...255).contains(bytes.count), bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw EventStoreError(
                .invalidArgument, "A stream's name has 1 to 255 bytes and no control characters; not '\(name)'.")
        }
    }

    static func deleted(_ stream: StreamID) -> EventStoreError {
        EventStoreError(.streamDeleted, "Stream '\(stream)' was deleted, and its name is not used again.")
    }
}
