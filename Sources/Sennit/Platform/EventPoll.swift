import CSennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a descriptor is watched for, or is ready for.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Something can be read, or the process behind a pidfd has ended.
    package static let readable = Readiness(rawValue: 1)
    /// Something can be written.
    package static let writable = Readiness(rawValue: 2)
    /// The other end is closed; reported unasked.
    ///
    /// What it wrote before may still be there to read.
    package static let hangUp = Readiness(rawValue: 4)
    /// The descriptor is in error; reported unasked.
    package static let error = Readiness(rawValue: 8)
}

/// Waits for many descriptors at once, each known by a token.
package final class EventPoll: Sendable {
    private let poll: FileDescriptor

    /// Makes a poll that watches nothing yet.
    package init() throws(SystemError) {
        var descriptor: Int32 = -1
        try SystemError.check(unsafe sennit_poll_create(&descriptor), "epoll_create1")
        poll = FileDescriptor(adopting: descriptor)
    }

    /// Watches a descriptor until it is removed or closed.
    package func add(_ descriptor: Int32, for readiness: Readiness = .readable, token: UInt64) throws(SystemError) {
        let code = sennit_poll_control(poll.rawValue, 1, descriptor, readiness.rawValue, token)
        try SystemError.check(code, "epoll_ctl(ADD)")
    }

    /// Changes what a watched descriptor is watched for.
    package func modify(_ descriptor: Int32, for readiness: Readiness, token: UInt64) throws(SystemError) {
        let code = sennit_poll_control(poll.rawValue, 2, descriptor, readiness.rawValue, token)
        try SystemError.check(code, "epoll_ctl(MOD)")
    }

    /// Watches a descriptor no longer; remove it before closing it.
    package func remove(_ descriptor: Int32) throws(SystemError) {
        try SystemError.check(sennit_poll_control(poll.rawValue, 3, descriptor, 0, 0), "epoll_ctl(DEL)")
    }

    /// Waits until a descriptor is ready or the time is up, and hands over at most 64 events.
    ///
    /// - Parameters:
    ///   - timeoutNanoseconds: 0 only looks, `UInt64.max` waits for ever.
    ///   - body: Called once per event.
    /// - Returns: How many events there were: 0 when the time was up or a signal came.
    /// - Throws: The system's refusal to wait.
    @discardableResult
    package func wait(
        timeoutNanoseconds: UInt64 = .max, _ body: (_ token: UInt64, _ readiness: Readiness) -> Void
    ) throws(SystemError) -> Int {
        let capacity = 64
        // Safety: the events lie on this thread's stack until the closure returns. The call fills at most `capacity` of
        // them and says how many; only those are read.
        let count = unsafe withUnsafeTemporaryAllocation(of: sennit_poll_event.self, capacity: capacity) { events in
            let count = unsafe sennit_poll_wait(poll.rawValue, events.baseAddress, Int32(capacity), timeoutNanoseconds)
            for index in 0..<max(0, Int(count)) {
                let event = unsafe events[index]
                body(event.token, Readiness(rawValue: event.flags))
            }
            return count
        }
        if count >= 0 { return Int(count) }
        if count == -EINTR { return 0 }
        throw SystemError(code: -count, operation: "epoll_wait")
    }

    /// Waits for one descriptor without any registration; the empty set when the time is up.
    package static func wait(
        for readiness: Readiness, on descriptor: Int32, timeoutNanoseconds: UInt64 = .max
    ) throws(SystemError) -> Readiness {
        let result = sennit_poll_one(descriptor, readiness.rawValue, timeoutNanoseconds)
        if result >= 0 { return Readiness(rawValue: UInt32(result)) }
        if result == -EINTR { return [] }
        throw SystemError(code: -result, operation: "ppoll")
    }
}
