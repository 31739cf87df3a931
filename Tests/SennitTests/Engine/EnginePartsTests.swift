import Sennit
import Testing

@Suite struct CreditWindowTests {
    @Test func `short tasks are prefetched far and long ones hardly`() {
        var window = CreditWindow(threads: 4, maximumPrefetch: 256)
        #expect(window.limit == 5)
        for _ in 0..<50 { window.observe(runTime: 1000) }
        #expect(window.limit == 260)
        for _ in 0..<100 { window.observe(runTime: 10_000_000) }
        #expect(window.limit == 5)
    }

    @Test(arguments: [0, 1, 49, .max] as [UInt64])
    func `no run time is too odd`(runTime: UInt64) {
        var window = CreditWindow(threads: 40, maximumPrefetch: 0)
        for _ in 0..<10 { window.observe(runTime: runTime) }
        #expect(window.limit == 40)
        #expect(window.meanRunTime >= 50)
    }
}

@Suite struct RestartPolicyTests {
    @Test func `delays double up to a bound until a task has finished`() {
        var policy = RestartPolicy(delay: 10, maximumDelay: 50)
        #expect((0..<6).map { _ in policy.deathDelay() } == [0, 10, 20, 40, 50, 50])
        policy.taskFinished()
        #expect(policy.deathDelay() == 0)
    }

    @Test func `a very long series does not overflow`() {
        var policy = RestartPolicy(delay: 50_000_000, maximumDelay: 10_000_000_000)
        for _ in 0..<200 { _ = policy.deathDelay() }
        #expect(policy.deathDelay() == 10_000_000_000)
    }
}

@Suite struct TimerQueueTests {
    @Test func `timers come out by time and equal ones as they went in`() {
        var queue = TimerQueue()
        for (number, time) in [5, 3, 9, 3, 1, 3].enumerated() { queue.add(.restart(number: number), at: UInt64(time)) }
        #expect(queue.next == 1)
        #expect(queue.popDue(0) == nil)
        let numbers = (0..<5).map { _ in queue.popDue(8) }
        #expect(numbers == [4, 1, 3, 5, 0].map { .restart(number: $0) })
        #expect(queue.popDue(8) == nil)
        #expect(queue.count == 1)
    }

    @Test func `sweeping keeps the live timers and their order`() {
        var queue = TimerQueue()
        for number in 0..<100 { queue.add(.restart(number: number), at: UInt64(number % 7)) }
        queue.sweep { subject in
            if case .restart(let number) = subject { number.isMultiple(of: 3) } else { false }
        }
        var seen: [TimerQueue.Subject] = []
        while let subject = queue.popDue(.max) { seen.append(subject) }
        let expected = (0..<7).flatMap { time in (0..<100).filter { $0 % 3 == 0 && $0 % 7 == time } }
        #expect(seen == expected.map { .restart(number: $0) })
    }
}

@Suite struct TaskListTests {
    @Test func `members leave from anywhere and come back where they stood`() {
        var table = TaskTable()
        var list = TaskList()
        let indices = (0..<5).map { _ in table.insert(TaskSpecification()) }
        for index in indices { list.append(index, in: &table) }
        for index in [indices[2], indices[0], indices[4]] { list.remove(index, in: &table) }
        #expect(list.indices(in: table) == [indices[1], indices[3]])
        for index in [indices[4], indices[0], indices[2]] { list.restore(index, in: &table) }
        #expect(list.indices(in: table) == indices)
        #expect((list.first, list.last, list.count) == (indices[0], indices[4], 5))
    }

    @Test func `an identifier outlives its task and matches nothing`() {
        var table = TaskTable()
        let index = table.insert(TaskSpecification())
        let old = table.id(at: index)
        table.remove(old.index)
        #expect(table.index(of: old) == nil)
        #expect(table.insert(TaskSpecification()) == index)
        #expect(table.index(of: old) == nil)
        #expect(table.count == 1)
    }

    @Test func `a slot that has used up its generations is retired`() {
        var table = TaskTable()
        let index = table.insert(TaskSpecification())
        table[index].generation = .max
        table.remove(index)
        #expect(table.insert(TaskSpecification()) != index)
    }
}

@Suite struct JumpHashTests {
    @Test func `keys spread evenly and few of them move when the pool grows`() {
        let keys = (0..<10_000).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 }
        let before = keys.map { JumpHash.bucket(of: $0, count: 4) }
        let after = keys.map { JumpHash.bucket(of: $0, count: 5) }
        for bucket in 0..<4 { #expect((2300...2700).contains(before.count { $0 == bucket })) }
        let moved = zip(before, after).filter { $0 != $1 }
        #expect((1800...2200).contains(moved.count))
        #expect(moved.allSatisfy { $0.1 == 4 })
    }

    @Test func `one place takes every key`() {
        #expect((0..<100).allSatisfy { JumpHash.bucket(of: $0 &* 7919, count: 1) == 0 })
    }
}
