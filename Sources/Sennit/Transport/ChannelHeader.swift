/// Byte offsets of the words that sit before the rings.
///
/// Words written by different parties are 128 bytes apart: processors fetch cache lines in pairs.
package enum ControlOffset {
    package static let magic = 0
    package static let version = 8
    package static let slotCount = 12
    package static let typeTableBytes = 16
    package static let requestArenaBytes = 24
    package static let responseArenaBytes = 32
    package static let totalBytes = 40

    /// Parent writes.
    package static let requestTail = 128
    /// Worker threads advance.
    package static let requestHead = 256
    /// Searching and sleeping threads: `IdleThreads`.
    package static let idle = 384
    package static let permits = 512
    /// Worker threads advance.
    package static let completionTail = 640
    /// Parent writes, seldom.
    package static let paused = 768
    package static let typeTableUsed = 772

    package static let requestRing = 896
}

/// The first bytes of a channel's region: what it is and how big its tables are.
enum ChannelHeader {
    /// "SENNITCH".
    static let magic: UInt64 = 0x5345_4E4E_4954_4348
    static let version: UInt32 = 1

    /// Writes the header of `layout`; throws when the region is too small, misaligned or in use.
    static func write(_ layout: ChannelLayout, to region: SharedRegion) throws(ChannelError) {
        try region.check(holds: layout.totalBytes)
        guard region.word64(at: ControlOffset.magic).load() == 0 else { throw .regionInUse }
        region.word32(at: ControlOffset.version).store(version)
        region.word32(at: ControlOffset.slotCount).store(UInt32(layout.slotCount))
        for (offset, value) in fields(of: layout) {
            region.word64(at: offset).store(UInt64(value))
        }
        region.word64(at: ControlOffset.magic).storeRelease(magic)
    }

    /// Reads and checks the header; every field is proven against the region's size.
    static func read(from region: SharedRegion) throws(ChannelError) -> ChannelLayout {
        try region.check(holds: ControlOffset.requestRing)
        guard region.word64(at: ControlOffset.magic).loadAcquire() == magic else {
            throw .notAChannel
        }
        let found = region.word32(at: ControlOffset.version).load()
        guard found == version else { throw .unknownVersion(found) }
        let layout = try ChannelLayout(
            slotCount: Int(region.word32(at: ControlOffset.slotCount).load()),
            typeTableBytes: size(ControlOffset.typeTableBytes, "typeTableBytes", region),
            requestArenaBytes: size(ControlOffset.requestArenaBytes, "requestArenaBytes", region),
            responseArenaBytes: size(ControlOffset.responseArenaBytes, "responseArenaBytes", region)
        )
        guard try size(ControlOffset.totalBytes, "totalBytes", region) == layout.totalBytes else {
            throw .badHeader(field: "totalBytes")
        }
        try region.check(holds: layout.totalBytes)
        return layout
    }

    private static func fields(of layout: ChannelLayout) -> [(offset: Int, value: Int)] {
        [
            (ControlOffset.typeTableBytes, layout.typeTableBytes),
            (ControlOffset.requestArenaBytes, layout.requestArenaBytes),
            (ControlOffset.responseArenaBytes, layout.responseArenaBytes),
            (ControlOffset.totalBytes, layout.totalBytes),
        ]
    }

    private static func size(
        _ offset: Int, _ field: String, _ region: SharedRegion
    ) throws(ChannelError) -> Int {
        guard let value = Int(exactly: region.word64(at: offset).load()) else {
            throw .badHeader(field: field)
        }
        return value
    }
}
