/// Where the bytes of a request or a result lie.
package struct PayloadReference: Equatable, Sendable {
    package enum Kind: UInt32, Sendable {
        /// In the slot itself.
        case inline = 0
        /// In the channel's arena: requests in the request arena, results in the response arena.
        case arena = 1
        /// In a memory segment of its own.
        case segment = 2
        /// On its way over the control socket.
        case stream = 3
    }

    package let kind: Kind
    /// Arena: byte offset from the arena's start.
    ///
    /// Segment, stream: its identifier. Inline: 0.
    package let identifier: UInt64
    /// Bytes.
    package let length: Int

    package init(kind: Kind, identifier: UInt64, length: Int) {
        self.kind = kind
        self.identifier = identifier
        self.length = length
    }

    /// A reference read from shared memory, or nil when it points outside of where it may.
    init?(kind: UInt32, identifier: UInt64, length: UInt64, arenaBytes: Int) {
        guard let kind = Kind(rawValue: kind), let length = Int(exactly: length) else { return nil }
        switch kind {
        case .inline:
            guard length <= ChannelLayout.inlineCapacity else { return nil }
        case .arena:
            guard identifier <= UInt64(arenaBytes), length <= arenaBytes - Int(identifier) else {
                return nil
            }
        case .segment, .stream:
            break
        }
        self.init(kind: kind, identifier: identifier, length: length)
    }
}
