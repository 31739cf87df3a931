/// Which way a payload goes, decided from its size alone.
package enum PayloadRoute: Sendable, Equatable {
    /// In the slot.
    case inline
    /// In a block of the channel's arena.
    case arena
    /// In the segment that the request came in.
    case requestSegment
    /// In a segment of its own.
    case segment
    /// In chunks over the control socket.
    case stream
}

/// The limits that decide which way a payload goes, the same on both ends.
package struct PayloadPolicy: Sendable, Equatable {
    /// Bytes that fit in a slot.
    package var inlineBytes: Int
    /// The longest payload that goes into the arena.
    ///
    /// Beyond it a segment of its own costs no more than the copy.
    package var arenaBytes = 64 * 1024
    /// The longest payload there is.
    package var maximumPayloadBytes = 1 << 30
    /// Whether memory segments can be made and passed on here.
    package var hasSegments = true

    /// A policy with the usual limits over slots of `inlineBytes`.
    package init(inlineBytes: Int) { self.inlineBytes = inlineBytes }

    /// The best way for a payload of `byteCount` bytes.
    ///
    /// - Parameters:
    ///   - byteCount: the size of the encoded payload.
    ///   - requestSegment: for a result, the capacity of the segment its request came in, if it came in one. A result
    ///     that is too long for the slot goes there: the peer has it mapped and its pages are there already.
    /// - Returns: the first way to try.
    /// - Throws: when the payload is larger than any may be.
    package func route(_ byteCount: Int, requestSegment: Int? = nil) throws(PayloadTooLarge) -> PayloadRoute {
        guard byteCount <= maximumPayloadBytes else {
            throw PayloadTooLarge(byteCount: byteCount, maximumByteCount: maximumPayloadBytes)
        }
        if byteCount <= inlineBytes { return .inline }
        if let requestSegment, byteCount <= requestSegment { return .requestSegment }
        if byteCount <= arenaBytes { return .arena }
        return hasSegments ? .segment : .stream
    }

    /// The next best way when `route` was found full; nil after the last, which never is.
    package func fallback(after route: PayloadRoute) -> PayloadRoute? {
        switch route {
        case .inline: .arena
        case .arena, .requestSegment: hasSegments ? .segment : .stream
        case .segment: .stream
        case .stream: nil
        }
    }
}

/// Where a payload was put, as the side that put it there knows it.
package enum PayloadPlacement: Sendable, Hashable {
    /// In the slot.
    case inline(length: Int)
    /// In a block of the arena of the side that writes; freed when the slot is used again.
    case arena(PayloadArena.Block)
    /// At the start of a segment.
    case segment(SegmentID, length: Int)
    /// On its way over the control socket under that number.
    case stream(UInt64, length: Int)
}
