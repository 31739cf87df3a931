/// The place of a task in its worker's slot table.
package struct SlotIndex: Hashable, Sendable {
    package let rawValue: UInt32

    package init(_ rawValue: UInt32) { self.rawValue = rawValue }
}

/// Who may touch a slot, and what for.
package enum SlotState {
    /// Nobody's; the parent may fill it.
    package static let free: UInt32 = 0
    /// Filled and queued: the worker may claim it, the parent may revoke it.
    package static let pending: UInt32 = 1
    /// The worker's: a thread runs the task.
    package static let claimed: UInt32 = 2
    /// The parent's again, with the result.
    package static let completed: UInt32 = 3
    /// Taken back by the parent; its index still sits in the request ring.
    package static let revoked: UInt32 = 4
    /// Taken back, and its index has left the request ring; the parent may fill it again.
    package static let released: UInt32 = 5
}

/// One slot's fields in shared memory.
// Safety: `SlotTable` makes these only for indices inside the region, which the channel keeps mapped, and all offsets
// are constants within a slot. The inline bytes belong to whoever the state word says; a peer that breaks that rule can
// make the bytes wrong but not the addresses, for their length is cut to the slot's.
// Sendable by hand: the pointer never changes, the words are atomic, and the state hands the inline bytes from thread
// to thread.
@safe
package struct Slot: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer

    @unsafe
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

    // A task without progress and with a small payload touches the first two cache lines only.
    private enum Offset {
        static let state = 0
        static let status = 4
        static let taskID = 8
        static let attempt = 16
        static let typeIndex = 20
        static let flags = 24
        static let payloadKind = 28
        static let payloadIdentifier = 32
        static let payloadLength = 40
        static let startedAt = 48
        static let finishedAt = 56
        static let deadline = 64
        static let inlineBytes = 72
        static let progress = inlineBytes + ChannelLayout.inlineCapacity
    }

    package var state: SharedUInt32 { unsafe SharedUInt32(base + Offset.state) }
    var status: SharedUInt32 { unsafe SharedUInt32(base + Offset.status) }
    var taskID: SharedUInt64 { unsafe SharedUInt64(base + Offset.taskID) }
    var attempt: SharedUInt32 { unsafe SharedUInt32(base + Offset.attempt) }
    var typeIndex: SharedUInt32 { unsafe SharedUInt32(base + Offset.typeIndex) }
    var flags: SharedUInt32 { unsafe SharedUInt32(base + Offset.flags) }
    var startedAt: SharedUInt64 { unsafe SharedUInt64(base + Offset.startedAt) }
    var finishedAt: SharedUInt64 { unsafe SharedUInt64(base + Offset.finishedAt) }
    var deadline: SharedUInt64 { unsafe SharedUInt64(base + Offset.deadline) }
    var progress: ProgressCell { unsafe ProgressCell(base + Offset.progress) }

    private var payloadKind: SharedUInt32 { unsafe SharedUInt32(base + Offset.payloadKind) }
    private var payloadIdentifier: SharedUInt64 { unsafe SharedUInt64(base + Offset.payloadIdentifier) }
    private var payloadLength: SharedUInt64 { unsafe SharedUInt64(base + Offset.payloadLength) }

    /// Copies `bytes`, at most `inlineCapacity` of them, into the slot and points its payload at them.
    func storeInline(_ bytes: RawSpan) {
        invariant(bytes.byteCount <= ChannelLayout.inlineCapacity, "an inline payload exceeds its slot")
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe (base + Offset.inlineBytes).copyMemory(from: start, byteCount: source.count)
        }
        store(PayloadReference(kind: .inline, identifier: 0, length: bytes.byteCount))
    }

    func store(_ payload: PayloadReference) {
        payloadKind.store(payload.kind.rawValue)
        payloadIdentifier.store(payload.identifier)
        payloadLength.store(UInt64(payload.length))
    }

    /// The payload reference, or nil when what stands there cannot be one.
    func payload(arenaBytes: Int) -> PayloadReference? {
        PayloadReference(
            kind: payloadKind.load(), identifier: payloadIdentifier.load(), length: payloadLength.load(),
            arenaBytes: arenaBytes)
    }

    /// The tasks of a chunk, which share the inline bytes.
    var chunk: SlotChunk { unsafe SlotChunk(base + Offset.inlineBytes) }

    /// The first `count` inline bytes, in place; no more than the slot has.
    func withInlineBytes<Result, Failure: Error>(
        _ count: Int, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = unsafe UnsafeRawBufferPointer(
            start: base + Offset.inlineBytes, count: min(max(count, 0), ChannelLayout.inlineCapacity))
        return try unsafe body(bytes.bytes)
    }
}

/// All slots of a channel.
// Sendable by hand: it never changes. The subscript checks every index before a slot is made, on whichever thread.
@safe
package struct SlotTable: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    let count: UInt32

    package init(_ region: SharedRegion, _ layout: ChannelLayout) {
        unsafe base = region.base + layout.slotsOffset
        count = UInt32(layout.slotCount)
    }

    /// The slot at `index`, or nil when there is none: indices come from shared memory too.
    package subscript(index: UInt32) -> Slot? {
        guard index < count else { return nil }
        return unsafe Slot(base + Int(index) * ChannelLayout.slotBytes)
    }
}

/// Stops the program when the transport itself is wrong; never reached by what a peer writes.
@inline(__always)
func invariant(_ condition: Bool, _ message: StaticString) {
    if !condition { fatalError("Sennit: \(message)") }
}
