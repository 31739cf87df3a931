/// Waiting tasks: those that must run alone, and the others, oldest first within each priority.
package struct PriorityQueues: Sendable {
    private var low = TaskList()
    private var normal = TaskList()
    private var high = TaskList()
    private var alone = TaskList()

    package init() {}

    package var count: Int { low.count + normal.count + high.count + alone.count }
    package var isEmpty: Bool { first == nil && alone.isEmpty }

    /// The next task to run beside others, or nil.
    package var first: Int? { high.first ?? normal.first ?? low.first }

    /// The next task to run alone, or nil.
    package var firstAlone: Int? { alone.first }

    package mutating func append(_ index: Int, in table: inout TaskTable) {
        withList(table[index]) { $0.append(index, in: &table) }
    }

    /// Puts a task that comes back where it stood.
    package mutating func restore(_ index: Int, in table: inout TaskTable) {
        withList(table[index]) { $0.restore(index, in: &table) }
    }

    package mutating func remove(_ index: Int, in table: inout TaskTable) {
        withList(table[index]) { $0.remove(index, in: &table) }
    }

    /// All members, the most urgent first; it allocates.
    package func indices(in table: TaskTable) -> [Int] {
        alone.indices(in: table) + high.indices(in: table) + normal.indices(in: table) + low.indices(in: table)
    }

    private mutating func withList(_ record: TaskTable.Record, _ body: (inout TaskList) -> Void) {
        guard !record.mustRunAlone else { return body(&alone) }
        switch record.priority {
        case .high: body(&high)
        case .normal: body(&normal)
        case .low: body(&low)
        }
    }
}
