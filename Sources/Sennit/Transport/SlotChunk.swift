/// Several tiny tasks in one slot: their arguments, how far the worker has come with them, and their results.
///
/// ```text
///  cursor: started | end   head   results ▸            ◂ arguments
/// ├────────8 bytes────────┼──8───┼──────────┼── free ──┼──────────────┤
/// ```
///
/// One thread of the worker runs the tasks one after the other. It *starts* the next one by adding one to `started`,
/// which it may do while that is below `end`; the parent *closes* the chunk by lowering `end` to `started`. Both happen
/// in one atomic word, so each task is either started by the worker or taken back by the parent. A result is written
/// before the next task is started: when a task has started, all before it have their results. Results may take the
/// place of arguments that have been read.
// Safety: `Slot` makes one over its `inlineCapacity` bytes, which start at a multiple of eight; every offset is checked
// against that capacity, and what stands in shared memory is read once and checked before it is used.
// Sendable by hand: as `Slot`.
@safe
package struct SlotChunk: @unchecked Sendable {
    /// Bytes that arguments and results share, with two more for each of them.
    package static let capacity = ChannelLayout.inlineCapacity - headerBytes
    /// Bytes that each argument and each result takes beyond its own.
    package static let entryBytes = 2
    /// The most tasks of one chunk: even without arguments each has an entry.
    package static let mostTasks = capacity / entryBytes

    private static let headerBytes = 16
    private let base: UnsafeMutableRawPointer

    @unsafe
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

    private var cursor: SharedUInt64 { unsafe SharedUInt64(base) }
    private var first: SharedUInt32 { unsafe SharedUInt32(base + 8) }
    private var argumentsStart: SharedUInt32 { unsafe SharedUInt32(base + 12) }

    /// How many tasks have been started, and how many may be.
    package struct Extent: Equatable, Sendable {
        package let started: Int
        package let end: Int

        fileprivate init(_ word: UInt64) {
            end = min(Int(UInt32(truncatingIfNeeded: word >> 32)), SlotChunk.mostTasks)
            started = min(Int(UInt32(truncatingIfNeeded: word)), end)
        }
    }

    private static func word(started: Int, end: Int) -> UInt64 { UInt64(end) << 32 | UInt64(started) }

    package var extent: Extent { Extent(cursor.loadAcquire()) }

    // MARK: The parent

    /// Lays the tasks out; their arguments must fit, as `capacity` says.
    ///
    /// - Parameters:
    ///   - arguments: Of each task.
    ///   - number: The first one's number in the chunk that it was submitted with.
    func store(_ arguments: ArraySlice<PayloadBytes>, first number: Int) {
        let total = arguments.reduce(0) { $0 + Self.entryBytes + $1.count }
        invariant(!arguments.isEmpty && total <= Self.capacity, "the tasks of a chunk exceed their slot")
        var offset = ChannelLayout.inlineCapacity - total
        first.store(UInt32(number))
        argumentsStart.store(UInt32(offset))
        for bytes in arguments {
            unsafe (base + offset).storeBytes(of: UInt16(bytes.count), as: UInt16.self)
            unsafe bytes.withBytes { source in
                if let start = source.baseAddress {
                    unsafe (base + offset + Self.entryBytes).copyMemory(from: start, byteCount: source.count)
                }
            }
            offset += Self.entryBytes + bytes.count
        }
        cursor.store(Self.word(started: 0, end: arguments.count))
    }

    /// Takes back what has not been started: the worker starts nothing more.
    ///
    /// - Returns: How many tasks it has started; nil if it has begun none, or all.
    func close() -> Int? {
        while true {
            let word = cursor.loadAcquire()
            let extent = Extent(word)
            guard extent.started > 0, extent.started < extent.end else { return nil }
            if cursor.replace(word, by: Self.word(started: extent.started, end: extent.started)) {
                return extent.started
            }
        }
    }

    /// The results of the first `count` tasks, copied; fewer when what stands there makes no sense.
    func results(_ count: Int) -> [Result] {
        var results: [Result] = []
        results.reserveCapacity(count)
        var offset = Self.headerBytes
        while results.count < count, offset <= ChannelLayout.inlineCapacity - Self.entryBytes {
            let entry = unsafe (base + offset).loadUnaligned(as: UInt16.self)
            offset += Self.entryBytes
            let length = Int(entry & 0x0FFF)
            guard length <= ChannelLayout.inlineCapacity - offset else { break }
            let bytes = unsafe PayloadBytes(copying: UnsafeRawBufferPointer(start: base + offset, count: length))
            results.append(Result(status: UInt32(entry >> 12), bytes: bytes))
            offset += length
        }
        return results
    }

    /// What a worker wrote of one task's end.
    package struct Result: Sendable {
        package let status: UInt32
        package let bytes: PayloadBytes
    }

    // MARK: The worker

    /// Reads and writes the chunk for the thread that has claimed it.
    package struct Run {
        private let chunk: SlotChunk
        /// Where the current task's arguments stand, and the next one's.
        private var arguments: Range<Int>
        /// Where the next result goes.
        private var results = SlotChunk.headerBytes
        /// The current task's number in the chunk that it was submitted with.
        package private(set) var number: Int

        fileprivate init(_ chunk: SlotChunk) {
            self.chunk = chunk
            let start = min(Int(chunk.argumentsStart.load()), ChannelLayout.inlineCapacity)
            arguments = start..<start
            number = Int(chunk.first.load()) - 1
        }

        /// Starts the next task; false when there is none left, or the parent has taken it back.
        package mutating func startNext() -> Bool {
            let extent = Extent(chunk.cursor.add(1))
            guard extent.started < extent.end,
                arguments.upperBound <= ChannelLayout.inlineCapacity - SlotChunk.entryBytes
            else { return false }
            let length = unsafe Int((chunk.base + arguments.upperBound).loadUnaligned(as: UInt16.self))
            let start = arguments.upperBound + SlotChunk.entryBytes
            arguments = start..<min(start + length, ChannelLayout.inlineCapacity)
            number += 1
            return true
        }

        /// The current task's arguments, in place; to be read before its result is written.
        package func withArguments<Result, Failure: Error>(
            _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
        ) throws(Failure) -> Result {
            let bytes = unsafe UnsafeRawBufferPointer(
                start: chunk.base + arguments.lowerBound, count: arguments.count)
            return try unsafe body(bytes)
        }

        /// Writes the current task's result; false when it does not fit.
        package mutating func finish(_ status: UInt32, _ bytes: UnsafeRawBufferPointer) -> Bool {
            guard results + SlotChunk.entryBytes + bytes.count <= arguments.upperBound else { return false }
            unsafe (chunk.base + results).storeBytes(of: UInt16(status << 12) | UInt16(bytes.count), as: UInt16.self)
            if let start = bytes.baseAddress {
                unsafe (chunk.base + results + SlotChunk.entryBytes).copyMemory(from: start, byteCount: bytes.count)
            }
            results += SlotChunk.entryBytes + bytes.count
            return true
        }

        /// Leaves the tasks that have not been started to the parent.
        package func close() { _ = chunk.close() }
    }

    /// The chunk as the thread that has claimed it uses it.
    package var run: Run { Run(self) }
}
