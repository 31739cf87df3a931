/// The slots of all tasks that have not ended, with links that put each in at most one list.
///
/// Lists are threaded through the slots, so that adding, removing from the middle and moving a task cost a few
/// stores and no allocation. A slot is reused with a new generation.
package struct TaskTable: Sendable {
    package enum State: UInt8, Sendable {
        case free
        case queued
        case dispatched
        /// Dispatched, and told to stop.
        case cancelling
        /// Dispatched; the caller already has its outcome, the worker still runs it.
        case abandoned
    }

    package struct Record: Sendable {
        package var state: State = .free
        package var priority: TaskOptions.Priority = .normal
        package var isIdempotent = false
        package var generation: UInt32 = 0
        package var attempts: UInt32 = 0
        package var deaths: UInt32 = 0
        package var retries: UInt32 = 0
        /// Tasks of a map that travel together as this one and have no outcome yet.
        package var size: UInt32 = 1
        /// Identifiers that the table owes the tasks which travel as this one, beyond its own.
        package var reserved: UInt32 = 0
        package var worker: Int32 = -1
        package var next: Int32 = -1
        package var previous: Int32 = -1
        package var hasKey = false
        package var mustRunAlone = false
        package var killRequested = false
        /// Its deadline has passed and it is being taken back.
        package var isExpired = false
        /// A timer will look how long the attempt has run.
        package var hasTimeoutTimer = false
        /// How many tasks were submitted before this one.
        package var order: UInt64 = 0
        package var keyHash: UInt64 = 0
        package var timeout: Nanoseconds = 0
        package var deadline: Nanoseconds = 0
        package var killAfterCancellation: Nanoseconds?
        package var dispatchedAt: Nanoseconds = 0
    }

    package private(set) var records: ContiguousArray<Record> = []
    private var freeHead: Int32 = -1
    private var nextOrder: UInt64 = 0
    package private(set) var count = 0

    package init() {}

    package subscript(index: Int) -> Record {
        get { records[index] }
        _modify { yield &records[index] }
    }

    /// The slot of a task that has not ended, or nil.
    package func index(of id: TaskID) -> Int? {
        let index = id.index
        guard index < records.count, records[index].generation == id.generation, records[index].state != .free
        else { return nil }
        return index
    }

    package func id(at index: Int) -> TaskID {
        TaskID(index: index, generation: records[index].generation)
    }

    package mutating func insert(_ specification: TaskSpecification) -> Int {
        let index: Int
        if freeHead >= 0 {
            index = Int(freeHead)
            freeHead = records[index].next
        } else {
            index = records.count
            records.append(Record())
        }
        var record = Record()
        // The slot was retired unless this leaves room for its identifiers.
        record.generation = records[index].generation &+ records[index].reserved &+ 1
        record.size = UInt32(max(1, specification.size))
        record.reserved = record.size - 1
        record.state = .queued
        record.order = nextOrder
        nextOrder &+= 1
        record.priority = specification.priority
        record.isIdempotent = specification.isIdempotent
        record.retries = UInt32(clamping: specification.retries)
        record.hasKey = specification.keyHash != nil
        record.keyHash = specification.keyHash ?? 0
        record.timeout = specification.timeout
        record.deadline = specification.deadline
        record.killAfterCancellation = specification.killAfterCancellation
        records[index] = record
        count += 1
        return index
    }

    /// More tasks never travel as one.
    package static var mostTogether: UInt32 { 1 << 16 }

    package mutating func remove(_ index: Int) {
        records[index].state = .free
        count -= 1
        // The last generation has been given out: the slot is retired, so that no identifier ever comes back.
        guard records[index].generation < .max - 2 * Self.mostTogether else { return }
        records[index].next = freeHead
        freeHead = Int32(index)
    }
}

/// A list of tasks, threaded through the task table.
package struct TaskList: Sendable {
    package private(set) var head: Int32 = -1
    package private(set) var tail: Int32 = -1
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }
    package var first: Int? { head >= 0 ? Int(head) : nil }
    package var last: Int? { tail >= 0 ? Int(tail) : nil }

    package mutating func append(_ index: Int, in table: inout TaskTable) {
        table[index].next = -1
        table[index].previous = tail
        if tail >= 0 { table[Int(tail)].next = Int32(index) } else { head = Int32(index) }
        tail = Int32(index)
        count += 1
    }

    package mutating func prepend(_ index: Int, in table: inout TaskTable) {
        table[index].previous = -1
        table[index].next = head
        if head >= 0 { table[Int(head)].previous = Int32(index) } else { tail = Int32(index) }
        head = Int32(index)
        count += 1
    }

    /// Puts a task that has been in the list before where its order says, counted from the front.
    ///
    /// Looks past a bounded number of tasks: when very many come back at once, their order is a courtesy.
    package mutating func restore(_ index: Int, in table: inout TaskTable) {
        var cursor = head
        var steps = 0
        while cursor >= 0, steps < Self.longestRestore, table[Int(cursor)].order < table[index].order {
            cursor = table[Int(cursor)].next
            steps += 1
        }
        guard cursor >= 0 else { return append(index, in: &table) }
        let previous = table[Int(cursor)].previous
        guard previous >= 0 else { return prepend(index, in: &table) }
        table[index].previous = previous
        table[index].next = cursor
        table[Int(previous)].next = Int32(index)
        table[Int(cursor)].previous = Int32(index)
        count += 1
    }

    private static let longestRestore = 1024

    package mutating func remove(_ index: Int, in table: inout TaskTable) {
        let (previous, next) = (table[index].previous, table[index].next)
        if previous >= 0 { table[Int(previous)].next = next } else { head = next }
        if next >= 0 { table[Int(next)].previous = previous } else { tail = previous }
        table[index].next = -1
        table[index].previous = -1
        count -= 1
    }

    /// All members, oldest first.
    ///
    /// For rare events only: it allocates.
    package func indices(in table: TaskTable) -> [Int] {
        var result: [Int] = []
        result.reserveCapacity(count)
        var cursor = head
        while cursor >= 0 {
            result.append(Int(cursor))
            cursor = table[Int(cursor)].next
        }
        return result
    }
}
