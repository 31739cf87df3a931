internal import Synchronization

/// What a pool knows of one task type.
package final class TaskTypeEntry: Sendable {
    /// The small number under which the type's name was announced to workers.
    package let index: UInt32
    package let name: String
    package let reference: [UInt8]

    package init(index: UInt32, name: String, reference: [UInt8]) {
        self.index = index
        self.name = name
        self.reference = reference
    }
}

/// The task types that a pool has met; each gets a small number on first use.
package final class TaskTypes: Sendable {
    /// A pool knows at most so many task types; their names must fit the type table of a worker.
    package static let limit = 1024

    private let entries = Mutex<[ObjectIdentifier: TaskTypeEntry]>([:])

    package init() {}

    /// The entry of a type, made on first use.
    package func entry<Work: PoolTask>(for type: Work.Type) throws -> TaskTypeEntry {
        try entries.withLock { entries in
            if let entry = entries[ObjectIdentifier(type)] { return entry }
            guard entries.count < Self.limit else {
                throw PoolError(.invalidArgument, "A pool runs at most \(Self.limit) task types.")
            }
            let name = Self.name(of: type)
            let reference: [UInt8]
            do {
                reference = try TypeReference(type).encoded
            } catch {
                throw PoolError(.unknownTaskType, "\(name) cannot be named in another process.", cause: error)
            }
            let entry = TaskTypeEntry(index: UInt32(entries.count), name: name, reference: reference)
            entries[ObjectIdentifier(type)] = entry
            return entry
        }
    }

    /// The type's name for people: without the addresses that stand for a private type's surroundings.
    static func name(of type: Any.Type) -> String {
        String(reflecting: type).split(separator: ".").filter { !$0.hasPrefix("(unknown context") }
            .joined(separator: ".")
    }
}
