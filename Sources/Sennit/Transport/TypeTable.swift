import Synchronization

/// The type table: a log of records that only grows.
///
/// The parent writes it, worker threads read it.
///
/// A record is its type's index (4 bytes), the number of bytes (4), and the bytes, padded to 8. The
/// word `typeTableUsed` is stored after the record it covers.
private enum TypeRecord {
    static let headerBytes = 8

    static func size(_ byteCount: Int) -> Int { headerBytes + (byteCount + 7) & ~7 }
}

/// The parent's end of the type table; used by the poster only.
// Safety: a checked layout puts the table inside the region, which the channel keeps mapped. The writer counts for
// itself how much it has used, and the reader checks each record against the table's end before it reads on: a process
// that scribbles can make a type's bytes wrong, but nobody leaves the table. Written records are never touched again,
// and `published` is stored after them.
// Sendable by hand: one thread at a time, by the contract of `ParentChannel`.
@safe
final class TypeTableWriter: @unchecked Sendable {
    private let start: UnsafeMutableRawPointer
    private let capacity: Int
    private let published: SharedUInt32
    private var used = 0
    private var announced: Set<UInt32> = []

    init(_ region: SharedRegion, _ layout: ChannelLayout) {
        unsafe start = region.base + layout.typeTableOffset
        capacity = layout.typeTableBytes
        published = region.word32(at: ControlOffset.typeTableUsed)
    }

    func append(index: UInt32, bytes: RawSpan) -> Bool {
        if announced.contains(index) { return true }
        guard bytes.byteCount <= capacity, TypeRecord.size(bytes.byteCount) <= capacity - used else { return false }
        let record = unsafe start + used
        unsafe record.storeBytes(of: index, as: UInt32.self)
        unsafe record.storeBytes(of: UInt32(bytes.byteCount), toByteOffset: 4, as: UInt32.self)
        unsafe bytes.withUnsafeBytes { source in
            guard let from = source.baseAddress else { return }
            unsafe (record + TypeRecord.headerBytes).copyMemory(from: from, byteCount: source.count)
        }
        used += TypeRecord.size(bytes.byteCount)
        announced.insert(index)
        published.storeRelease(UInt32(used))
        return true
    }
}

/// The worker's end of the type table; any thread.
// Sendable by hand: what changes is behind the lock `known`.
@safe
final class TypeTableReader: @unchecked Sendable {
    private struct Known {
        var read = 0
        var bytes: [UInt32: [UInt8]] = [:]
    }

    private let start: UnsafeMutableRawPointer
    private let capacity: Int
    private let published: SharedUInt32
    private let known = Mutex(Known())

    init(_ region: SharedRegion, _ layout: ChannelLayout) {
        unsafe start = region.base + layout.typeTableOffset
        capacity = layout.typeTableBytes
        published = region.word32(at: ControlOffset.typeTableUsed)
    }

    func bytes(of index: UInt32) -> [UInt8]? {
        known.withLock { known in
            if let found = known.bytes[index] { return found }
            readNewRecords(&known)
            return known.bytes[index]
        }
    }

    private func readNewRecords(_ known: inout Known) {
        let used = min(Int(published.loadAcquire()), capacity)
        while used - known.read >= TypeRecord.headerBytes {
            let record = unsafe start + known.read
            let index = unsafe record.load(as: UInt32.self)
            let count = unsafe Int(record.load(fromByteOffset: 4, as: UInt32.self))
            guard TypeRecord.size(count) <= used - known.read else { return }
            unsafe known.bytes[index] = Array(
                UnsafeRawBufferPointer(start: record + TypeRecord.headerBytes, count: count))
            known.read += TypeRecord.size(count)
        }
    }
}
