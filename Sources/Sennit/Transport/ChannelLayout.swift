/// Where each table of a channel lies in its region.
///
/// Both ends compute the layout from the same four numbers, which the header carries; no offset is
/// ever read from shared memory.
package struct ChannelLayout: Equatable, Sendable {
    package static let slotCounts = 1...65_536
    package static let typeTableSizes = 0...(1 << 26)
    package static let arenaSizes = 0...(1 << 40)
    /// Bytes of a slot.
    package static let slotBytes = 512
    /// Bytes of payload a slot can hold itself.
    package static let inlineCapacity = 304
    /// Bytes of a progress message; longer ones are cut at a character.
    package static let messageCapacity = 96
    /// Arenas start on a boundary that is a page wherever pages are 16 KiB or smaller.
    package static let arenaAlignment = 16_384

    package let slotCount: Int
    package let typeTableBytes: Int
    package let requestArenaBytes: Int
    package let responseArenaBytes: Int

    let requestRingCapacity: Int
    let completionRingCapacity: Int
    package let completionRingOffset: Int
    package let typeTableOffset: Int
    package let slotsOffset: Int
    /// Byte offset of the arena the parent owns, from the region's start.
    package let requestArenaOffset: Int
    /// Byte offset of the arena the worker owns, from the region's start.
    package let responseArenaOffset: Int
    /// Bytes of the whole region: a multiple of `arenaAlignment`.
    package let totalBytes: Int

    /// Lays a channel out; throws when a number is outside its range.
    package init(
        slotCount: Int, typeTableBytes: Int = 65_536, requestArenaBytes: Int = 0,
        responseArenaBytes: Int = 0
    ) throws(ChannelError) {
        try Self.check("slotCount", slotCount, Self.slotCounts)
        try Self.check("typeTableBytes", typeTableBytes, Self.typeTableSizes)
        try Self.check("requestArenaBytes", requestArenaBytes, Self.arenaSizes)
        try Self.check("responseArenaBytes", responseArenaBytes, Self.arenaSizes)
        self.slotCount = slotCount
        self.typeTableBytes = typeTableBytes
        self.requestArenaBytes = requestArenaBytes
        self.responseArenaBytes = responseArenaBytes

        // A slot has at most one entry in the request ring, and at most two (its completion and one
        // progress notice) in the completion ring: neither can overflow.
        requestRingCapacity = Self.powerOfTwo(atLeast: slotCount)
        completionRingCapacity = requestRingCapacity * 2
        completionRingOffset = Self.align(
            ControlOffset.requestRing + requestRingCapacity * 4, to: 128)
        typeTableOffset = Self.align(completionRingOffset + completionRingCapacity * 8, to: 128)
        slotsOffset = Self.align(typeTableOffset + typeTableBytes, to: Self.slotBytes)
        requestArenaOffset = Self.align(
            slotsOffset + slotCount * Self.slotBytes, to: Self.arenaAlignment)
        responseArenaOffset = Self.align(
            requestArenaOffset + requestArenaBytes, to: Self.arenaAlignment)
        totalBytes = Self.align(responseArenaOffset + responseArenaBytes, to: Self.arenaAlignment)
    }

    private static func check(
        _ field: String, _ value: Int, _ allowed: ClosedRange<Int>
    ) throws(ChannelError) {
        guard allowed.contains(value) else {
            throw .limitExceeded(field: field, value: value, allowed: allowed)
        }
    }

    private static func align(_ offset: Int, to boundary: Int) -> Int {
        (offset + boundary - 1) & ~(boundary - 1)
    }

    private static func powerOfTwo(atLeast count: Int) -> Int {
        count <= 1 ? 1 : 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
    }
}
