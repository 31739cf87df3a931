import Foundation
import Glibc
import SennitPipeline
import Synchronization
import Testing

/// Notes when it begins and ends, with a moment between.
struct Occupy: StepWork {
    var ledger: String
    var milliseconds: UInt32 = 60

    func run(in workspace: StepWorkspace) async throws {
        sign(ledger, "in")
        // Others get the time to break the limit; nothing signals that they do not.
        usleep(milliseconds * 1000)
        sign(ledger, "out")
    }
}

/// Numbers in the order in which they came.
private final class Order: Sendable {
    let numbers = Mutex<[Int]>([])
}

extension RunNotice {
    /// Whether a step has begun to wait for its limit.
    fileprivate var isWaiting: Bool {
        if case .event(let recorded) = self, case .stepWaiting = recorded.event { true } else { false }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct LimitTests {
    private let bench = Bench()

    private func slots(_ maximum: Int = 1) -> LimitSlots {
        LimitSlots(bench.layout, name: "warehouse", maximum: maximum, pause: .milliseconds(2))
    }

    private func pipeline(_ name: String, limit: StepLimit = "warehouse", steps: Int = 3) throws -> Pipeline {
        try Pipeline(
            name,
            steps: (0..<steps).map { Step("s\($0)", Occupy(ledger: bench.ledger), isCached: false, limit: limit) })
    }

    /// The most steps that were at work at once.
    private var most: Int {
        let text = (try? String(contentsOfFile: bench.ledger, encoding: .utf8)) ?? ""
        var now = 0
        return text.split(separator: "\n").reduce(0) { most, line in
            now += line == "in" ? 1 : -1
            return max(most, now)
        }
    }

    @Test(arguments: [1, 2])
    func `over several runs at once, no more steps run than may`(maximum: Int) async throws {
        defer { bench.remove() }
        var runner = bench.runner(parallel: 3)
        runner.limits = ["warehouse": maximum]
        let notices = Notices()
        let statuses = try await withThrowingTaskGroup(of: RunSummary.Status.self) { group in
            for name in ["a", "b"] {
                let pipeline = try pipeline(name)
                group.addTask { [runner] in
                    try await runner.run(pipeline) { notices.take($0) }.status
                }
            }
            var statuses: [RunSummary.Status] = []
            for try await status in group { statuses.append(status) }
            return statuses
        }
        #expect(statuses == [.finished, .finished])
        #expect(bench.begun == ["in": 6, "out": 6])
        #expect(most <= maximum)
        #expect(notices.all.contains { $0.isWaiting })
        #expect(try FileSystem.names(in: "\(bench.layout.limits)/warehouse/waiting") == [])
    }

    @Test func `places are given in the order in which they were asked for`() async throws {
        defer { bench.remove() }
        let held = Mutex<LimitSlot?>(try await slots().take(within: .seconds(1)))
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<5 {
                let (waits, tell) = AsyncStream<Void>.makeStream()
                group.addTask { [slots = slots()] in
                    let slot = try await slots.take(within: .seconds(280)) { tell.yield() }
                    order.numbers.withLock { $0.append(number) }
                    withExtendedLifetime(slot) {}
                }
                for await _ in waits { break }
            }
            held.withLock { $0 = nil }
            try await group.waitForAll()
        }
        #expect(order.numbers.withLock { $0 } == [0, 1, 2, 3, 4])
    }

    @Test func `a process that is killed holds no place, and none in the queue`() async throws {
        defer { bench.remove() }
        await #expect(processExitsWith: .signal(SIGKILL)) { [directory = bench.directory as String] in
            let slots = LimitSlots(Bench(at: directory).layout, name: "warehouse", maximum: 1)
            let slot = try await slots.take(within: .seconds(1))
            _ = try await slots.take(within: .seconds(60)) { kill(getpid(), SIGKILL) }
            withExtendedLifetime(slot) {}
        }
        #expect(try FileSystem.names(in: "\(bench.layout.limits)/warehouse/waiting").count == 1)
        let first = try await slots().take(within: .seconds(30))
        // The ticket of the dead one is in nobody's way.
        let error = await #expect(throws: LimitWaitOver.self) { _ = try await slots().take(within: .milliseconds(20)) }
        #expect(error?.description.contains("limits: {warehouse: 2}") == true)
        withExtendedLifetime(first) {}
        #expect(try FileSystem.names(in: "\(bench.layout.limits)/warehouse/waiting") == [])
    }

    @Test func `a wait that is too long fails the step, and one that is cancelled ends at once`() async throws {
        defer { bench.remove() }
        let held = try await slots().take(within: .seconds(1))
        let limit = StepLimit("warehouse", maximumWait: .milliseconds(50))
        let summary = try await bench.runner().run(pipeline("a", limit: limit, steps: 1))
        #expect(summary.steps[0].failure?.kind == .waitedTooLong)
        #expect(bench.begun == [:])
        let (waits, tell) = AsyncStream<Void>.makeStream()
        let work = Task {
            try await bench.runner().run(pipeline("b", steps: 1)) { notice in
                if notice.isWaiting { tell.yield() }
            }
        }
        for await _ in waits { break }
        work.cancel()
        #expect(try await work.value.status == .cancelled)
        withExtendedLifetime(held) {}
    }

    @Test func `limits that cannot be`() {
        #expect(throws: PipelineError.self) { _ = try pipeline("a", limit: "a b") }
        #expect(throws: PipelineError.self) { _ = try pipeline("a", limit: StepLimit("a", maximumWait: .zero)) }
    }

    @Test func `the configuration says how many, and which step`() throws {
        let configuration = try PipelineConfiguration(
            text: "limits: {warehouse: 3}\nsteps: {count: {limit: warehouse, limitWait: 5 min}}")
        #expect(configuration.limits == ["warehouse": 3])
        let words = try PipelineDeclaration(bench.words("a")).make(configuration)
        #expect(words.steps[1].limit == StepLimit("warehouse", maximumWait: .seconds(300)))
        #expect(throws: PipelineError.self) { _ = try PipelineConfiguration(text: "limits: {warehouse: 0}") }
        #expect(throws: PipelineError.self) { _ = try PipelineConfiguration(text: "limits: {a b: 1}") }
    }
}
