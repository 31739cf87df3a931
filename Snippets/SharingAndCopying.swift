// The code of the article "What a task shares and what it copies". It checks itself when it is run.
import Sennit
import Synchronization

// snippet.reference
/// A node of a graph: its class gives it an identity.
final class Node: Codable, Sendable {
    let name: String
    let next: Node?

    init(_ name: String, next: Node? = nil) {
        self.name = name
        self.next = next
    }
}

struct IsSameNode: PoolTask {
    var left: Node
    var right: Node

    func run(in context: NoContext) async throws -> Bool { left === right }
}
// snippet.end

// snippet.buffer
struct Brighten: PoolTask {
    var picture: SharedBuffer

    func run(in context: NoContext) async throws -> NoOutput {
        // Our turn: nobody else looks until we return.
        picture.withMutableSpan(of: UInt8.self) { pixels in
            for index in pixels.indices { pixels[index] = pixels[index] &+ 10 }
        }
        return NoOutput()
    }
}
// snippet.end

// snippet.plain
struct Sample: PlainData, Codable {
    var time: Int64
    var value: Double
}

struct Mean: PoolTask {
    var samples: [Sample]  // copied as one run of bytes

    func run(in context: NoContext) async throws -> Double {
        samples.reduce(0) { $0 + $1.value } / Double(max(1, samples.count))
    }
}
// snippet.end

// snippet.context
final class Hits: WorkerContext {
    let count = Atomic<Int>(0)

    init(_ configuration: NoConfiguration) async throws {}
}

struct Hit: PoolTask {
    // Counts the hits of this process. What other processes counted is theirs.
    func run(in hits: Hits) async throws -> Int { hits.count.add(1, ordering: .relaxed).newValue }
}
// snippet.end

for processes in [0, 2] {
    try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
        // snippet.identity
        let node = Node("a")
        let same = try await pool.run(IsSameNode(left: node, right: node))
        // `same` is false: there is one copy for each property.
        // snippet.end
        precondition(!same)

        // snippet.handover
        let picture = try SharedBuffer(copying: [UInt8](repeating: 100, count: 1 << 20))
        _ = try await pool.run(Brighten(picture: picture))  // hands over; its return hands back
        let first = picture.withSpan(of: UInt8.self) { $0[0] }
        // snippet.end
        precondition(first == 110)

        let mean = try await pool.run(Mean(samples: [Sample(time: 0, value: 1), Sample(time: 1, value: 3)]))
        precondition(mean == 2)
    }
    try await withProcessThreadPool(of: Hits.self, processes: processes) { pool in
        var last = 0
        for try await count in pool.map((0..<10).map { _ in Hit() }) { last = max(last, count) }
        precondition(last <= 10)
    }
}
print("as documented")
