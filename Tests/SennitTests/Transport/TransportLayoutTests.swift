import Sennit
import Testing

@Suite struct TransportLayoutTests {
    @Test(arguments: [1, 2, 3, 64, 1000, 65_536])
    func `tables follow each other without overlap`(slotCount: Int) throws {
        let layout = try ChannelLayout(
            slotCount: slotCount, typeTableBytes: 100, requestArenaBytes: 1, responseArenaBytes: 20_000)
        #expect(ControlOffset.requestRing + slotCount * 4 <= layout.completionRingOffset)
        #expect(layout.completionRingOffset + 2 * slotCount * 8 <= layout.typeTableOffset)
        #expect(layout.typeTableOffset + 100 <= layout.slotsOffset)
        #expect(layout.slotsOffset + slotCount * ChannelLayout.slotBytes <= layout.requestArenaOffset)
        #expect(layout.requestArenaOffset + 1 <= layout.responseArenaOffset)
        #expect(layout.responseArenaOffset + 20_000 <= layout.totalBytes)
        #expect(layout.requestArenaOffset % ChannelLayout.arenaAlignment == 0)
        #expect(layout.responseArenaOffset % ChannelLayout.arenaAlignment == 0)
    }

    @Test(arguments: [0, -1, 65_537, Int.max])
    func `slot counts out of range are refused`(slotCount: Int) {
        #expect(throws: ChannelError.self) { try ChannelLayout(slotCount: slotCount) }
    }

    @Test(arguments: [-1, Int.max])
    func `sizes out of range are refused`(size: Int) {
        #expect(throws: ChannelError.self) { try ChannelLayout(slotCount: 1, typeTableBytes: size) }
        #expect(throws: ChannelError.self) { try ChannelLayout(slotCount: 1, requestArenaBytes: size) }
        #expect(throws: ChannelError.self) { try ChannelLayout(slotCount: 1, responseArenaBytes: size) }
    }

    @Test func `a region too small is refused at both ends`() throws {
        let layout = try ChannelLayout(slotCount: 8)
        let small = GuardedMemory(layout.totalBytes - 1).region
        #expect(throws: ChannelError.regionTooSmall(needed: layout.totalBytes, available: layout.totalBytes - 1)) {
            try ParentChannel(layout: layout, region: small)
        }
        let full = GuardedMemory(layout.totalBytes).region
        _ = try ParentChannel(layout: layout, region: full)
        for byteCount in [0, 8, 200, layout.totalBytes - 1] {
            let cut = unsafe SharedRegion(base: full.base, byteCount: byteCount, owner: nil)
            #expect(throws: ChannelError.self) { try attach(cut) }
        }
    }

    @Test func `a region is laid out once and read back`() throws {
        let layout = try ChannelLayout(slotCount: 100, typeTableBytes: 333, requestArenaBytes: 5, responseArenaBytes: 7)
        let region = GuardedMemory(layout.totalBytes).region
        #expect(throws: ChannelError.notAChannel) { try attach(region) }
        _ = try ParentChannel(layout: layout, region: region)
        #expect(try attach(region).layout == layout)
        #expect(throws: ChannelError.regionInUse) { try ParentChannel(layout: layout, region: region) }
    }

    @Test func `a foreign header is told apart`() throws {
        let layout = try ChannelLayout(slotCount: 8)
        let region = GuardedMemory(layout.totalBytes).region
        _ = try ParentChannel(layout: layout, region: region)
        region.word32(at: ControlOffset.version).store(99)
        #expect(throws: ChannelError.unknownVersion(99)) { try attach(region) }
        region.word64(at: ControlOffset.magic).store(1)
        #expect(throws: ChannelError.notAChannel) { try attach(region) }
    }

    @Test(arguments: [
        ControlOffset.slotCount, ControlOffset.typeTableBytes, ControlOffset.requestArenaBytes,
        ControlOffset.responseArenaBytes, ControlOffset.totalBytes,
    ])
    func `no header field can lead outside of the region`(offset: Int) throws {
        let layout = try ChannelLayout(slotCount: 8)
        for value: UInt32 in [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] {
            let region = GuardedMemory(layout.totalBytes).region
            _ = try ParentChannel(layout: layout, region: region)
            region.word32(at: offset).store(value)
            // A smaller table is a header that holds together; everything else is refused.
            if let worker = try? attach(region) { #expect(worker.layout.totalBytes <= region.byteCount) }
        }
    }

    @Test func `a region off the cache line is refused`() throws {
        let layout = try ChannelLayout(slotCount: 8)
        let whole = GuardedMemory(layout.totalBytes + 8).region
        let shifted = unsafe SharedRegion(base: whole.base + 8, byteCount: layout.totalBytes, owner: nil)
        #expect(throws: ChannelError.misaligned) { try ParentChannel(layout: layout, region: shifted) }
    }

    @Test func `a doorbell is attached to only where one was made`() throws {
        let region = GuardedMemory(Doorbell.byteCount).region
        #expect(throws: ChannelError.notAChannel) { try DoorbellButton(region: region) }
        _ = try Doorbell(region: region)
        _ = try DoorbellButton(region: region)
        #expect(throws: ChannelError.regionInUse) { try Doorbell(region: region) }
    }

    @discardableResult
    private func attach(_ region: SharedRegion) throws -> WorkerChannel {
        let bell = GuardedMemory(Doorbell.byteCount).region
        _ = try Doorbell(region: bell)
        return try WorkerChannel(
            region: region, doorbell: DoorbellButton(region: bell), threadCount: 1, processorCount: 1)
    }
}
