/// Waiting tasks, oldest first within each priority.
package struct PriorityQueues: Sendable {
    private var low = TaskList()
    private var normal = TaskList()
    private var high = TaskList()

    package init() {}

    package var count: Int { low.count + normal.count + high.count }
    package var isEmpty: Bool { high.isEmpty && normal.isEmpty && low.isEmpty }

    /// The next task to run, or nil.
    package var first: Int? { high.first ?? normal.first ?? low.first }

    package mutating func append(_ index: Int, in table: inout TaskTable) {
        withList(table[index].priority) { $0.append(index, in: &table) }
    }

    package mutating func prepend(_ index: Int, in table: inout TaskTable) {
        withList(table[index].priority) { $0.prepend(index, in: &table) }
    }

    package mutating func remove(_ index: Int, in table: inout TaskTable) {
        withList(table[index].priority) { $0.remove(index, in: &table) }
    }

    package func indices(in table: TaskTable) -> [Int] {
        high.indices(in: table) + normal.indices(in: table) + low.indices(in: table)
    }

    private mutating func withList(_ priority: TaskOptions.Priority, _ body: (inout TaskList) -> Void) {
        switch priority {
        case .high: body(&high)
        case .normal: body(&normal)
        case .low: body(&low)
        }
    }
}
