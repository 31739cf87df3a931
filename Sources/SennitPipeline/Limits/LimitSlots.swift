import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The places of one limit: files of which a process holds one while a step of it runs.
///
/// The system lifts the lock on a file when its process ends in any way, so nothing is left of one that was killed.
/// Those that wait hold a ticket each, a locked file with the time in its name, and only the oldest ticket may take a
/// place: they come in the order in which they asked.
package struct LimitSlots: Sendable {
    /// The name of the limit.
    package let name: String
    /// How many places there are.
    package let maximum: Int
    private let directory: String
    private let pause: Duration

    /// The places of a limit in a store.
    ///
    /// - Parameters:
    ///   - layout: The store.
    ///   - name: The name of the limit.
    ///   - maximum: How many places there are, from 1.
    ///   - pause: How often one that waits looks for a place.
    package init(_ layout: StoreLayout, name: String, maximum: Int, pause: Duration = .milliseconds(25)) {
        self.name = name
        self.maximum = max(1, maximum)
        self.pause = pause
        directory = "\(layout.limits)/\(name)"
    }

    /// Takes a place, and waits for one if there is none.
    ///
    /// - Parameters:
    ///   - maximumWait: How long to wait.
    ///   - onWait: Is called once if there is no place at once.
    /// - Returns: The place, which is given back when the value goes.
    /// - Throws: ``LimitWaitOver``, `CancellationError`, `SystemError`.
    package func take(within maximumWait: Duration, onWait: @Sendable () -> Void = {}) async throws -> LimitSlot {
        try FileSystem.makeDirectory(waiting)
        if try FileSystem.names(in: waiting).isEmpty, let slot = try free() { return slot }
        let ticket = try makeTicket()
        let start = MonotonicClock.now()
        var hasTold = false
        while true {
            if try isFirst(ticket.name), let slot = try free() { return slot }
            if !hasTold { onWait() }
            hasTold = true
            guard Double(MonotonicClock.now() - start) / 1e9 < maximumWait.seconds else {
                throw LimitWaitOver(name: name, maximum: maximum, wait: maximumWait)
            }
            try await Task.sleep(for: pause, clock: .continuous)
        }
    }

    private var waiting: String { "\(directory)/waiting" }

    /// A place that nobody holds; nil if all are held.
    private func free() throws(SystemError) -> LimitSlot? {
        for number in 0..<maximum {
            if let lock = try UseLock.alone("\(directory)/\(number)") { return LimitSlot(lock) }
        }
        return nil
    }

    private func makeTicket() throws(SystemError) -> LimitTicket {
        while true {
            // One clock for all processes of the machine; what was left before it began anew is held by nobody.
            let time = "\(MonotonicClock.now())"
            let zeros = String(repeating: "0", count: max(0, 20 - time.utf8.count))
            let name = "\(zeros)\(time)-\(ProcessIdentity.current)-\(UInt32.random(in: 0 ... .max))"
            // Somebody may be looking at it at this moment.
            if let lock = try FileLock("\(waiting)/\(name)") { return LimitTicket(name, lock) }
        }
    }

    /// Whether nobody has waited longer; removes the tickets of processes that have died.
    private func isFirst(_ ticket: String) throws(SystemError) -> Bool {
        for name in try FileSystem.names(in: waiting) where name < ticket {
            guard let dead = try FileLock("\(waiting)/\(name)") else { return false }
            _ = consume dead
        }
        return true
    }
}

/// A place of a limit, until the value goes.
package final class LimitSlot: Sendable {
    private let lock: UseLock

    init(_ lock: consuming UseLock) { self.lock = lock }
}

/// A step has waited for its turn as long as it may.
package struct LimitWaitOver: Error, Hashable, CustomStringConvertible {
    package let name: String
    package let maximum: Int
    package let wait: Duration

    package var description: String {
        "It has waited \(wait) for limit '\(name)', of which \(maximum) may run at once. Let more run at once with "
            + "'limits: {\(name): \(maximum + 1)}' in the configuration, or let it wait longer."
    }
}

private final class LimitTicket: Sendable {
    let name: String
    private let lock: FileLock

    init(_ name: String, _ lock: consuming FileLock) {
        self.name = name
        self.lock = lock
    }
}
