import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct WaitingTests {
    @Test func `a poll tells tokens apart and forgets what is removed`() throws {
        let poll = try EventPoll()
        let (first, second) = (try Wakeup(), try Wakeup())
        try poll.add(first.descriptor, token: 1)
        try poll.add(second.descriptor, token: .max)
        #expect(try poll.wait(timeoutNanoseconds: 0) { _, _ in } == 0)
        second.signal()
        second.signal()
        var tokens: [UInt64] = []
        try poll.wait { token, readiness in
            #expect(readiness == .readable)
            tokens.append(token)
        }
        #expect(tokens == [.max])
        second.clear()
        #expect(try poll.wait(timeoutNanoseconds: 0) { _, _ in } == 0)
        first.signal()
        try poll.remove(first.descriptor)
        #expect(try poll.wait(timeoutNanoseconds: 0) { _, _ in } == 0)
    }

    @Test func `a poll tells writable and hang-up`() throws {
        let poll = try EventPoll()
        var pair = try DescriptorPair.sockets()
        guard let near = pair.first.take() else { return }
        try poll.add(near.rawValue, for: [], token: 7)
        #expect(try poll.wait(timeoutNanoseconds: 0) { _, _ in } == 0)
        try poll.modify(near.rawValue, for: .writable, token: 7)
        var seen: Readiness = []
        try poll.wait(timeoutNanoseconds: 0) { seen = $1 }
        #expect(seen == .writable)
        pair.second = nil
        try poll.wait { seen = $1 }
        #expect(seen.contains(.hangUp))
    }

    @Test func `short time-outs are kept`() throws {
        let poll = try EventPoll()
        let start = MonotonicClock.now()
        #expect(try poll.wait(timeoutNanoseconds: 300_000) { _, _ in } == 0)
        #expect(MonotonicClock.now() - start >= 300_000)
    }

    @Test(arguments: [Futex.Scope.thisProcess, .everyProcess])
    func `a futex wait ends by change, by time and by wake`(scope: Futex.Scope) throws {
        let segment = try SharedSegment(size: 4096, name: "test")
        unsafe segment.base.storeBytes(of: 5, as: UInt32.self)
        func word(_ segment: SharedSegment) -> UnsafeMutablePointer<UInt32> {
            unsafe segment.base.assumingMemoryBound(to: UInt32.self)
        }
        #expect(unsafe Futex.wait(word(segment), expected: 4, scope: scope) == .changed)
        #expect(
            unsafe Futex.wait(word(segment), expected: 5, timeoutNanoseconds: 1_000_000, scope: scope) == .timedOut)
        // A thread of its own: a blocked thread of the test's pool would keep the waker from running.
        let waiter = unsafe Unmanaged.passRetained(Waiter(segment, scope))
        var thread = pthread_t()
        unsafe pthread_create(
            &thread, nil,
            { unsafe $0.map { unsafe Unmanaged<Waiter>.fromOpaque($0).takeUnretainedValue().wait() } ?? nil },
            waiter.toOpaque())
        // The only sign that a thread sleeps on a word is that a wake-up has woken one: try until it has.
        while unsafe Futex.wake(word(segment), count: 1, scope: scope) == 0 { usleep(100) }
        pthread_join(thread, nil)
        #expect(unsafe waiter.takeRetainedValue().result == .woken)
    }
}

private final class Waiter {
    let segment: SharedSegment
    let scope: Futex.Scope
    var result = Futex.WaitResult.changed

    init(_ segment: SharedSegment, _ scope: Futex.Scope) {
        self.segment = segment
        self.scope = scope
    }

    func wait() -> UnsafeMutableRawPointer? {
        result = unsafe Futex.wait(segment.base.assumingMemoryBound(to: UInt32.self), expected: 5, scope: scope)
        return nil
    }
}
