import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Says which process it runs in.
struct WhoAmI: PoolTask {
    func run(in context: NoContext) -> Int32 { getpid() }
}

/// Gives back what it got.
struct Echo<Value: Codable & Sendable>: PoolTask {
    var value: Value
    func run(in context: NoContext) -> Value { value }
}

/// Says where it runs, waits at a gate, and gives its number back.
struct Hold: PoolTask {
    var gate: Gate
    var number = 0

    func run(in context: NoContext) -> Int {
        TaskContext.current?.reportProcess()
        gate.pass()
        return number
    }
}

/// Says where it runs, then never comes back and never notices a cancellation.
struct Hang: PoolTask {
    enum Way: String, Codable, CaseIterable {
        /// Burns a processor.
        case spin
        /// Blocks in the kernel.
        case block
    }

    var way = Way.block

    func run(in context: NoContext) -> Int {
        TaskContext.current?.reportProcess()
        var turns = 0
        while true {
            switch way {
            case .spin: turns &+= 1
            case .block: pause()
            }
        }
    }
}

/// Says where it runs and waits until it is cancelled.
struct Cooperate: PoolTask {
    func run(in context: NoContext) async throws -> Int32 {
        TaskContext.current?.reportProcess()
        // Ends by its cancellation, which is what is tested.
        try await Task.sleep(for: .seconds(3600))
        return getpid()
    }
}

/// Ends its process, in one of the many ways there are.
struct Crash: PoolTask {
    enum Way: String, Codable, CaseIterable {
        case fatalError, outOfBounds, overflow, forcedNil
        case abort, exit3, quickExit3, exit0
        case nullWrite, raiseSegmentationFault, stackOverflow, killSelf
    }

    var way = Way.quickExit3
    var words = ""

    func run(in context: NoContext) -> Int {
        if !words.isEmpty { StandardError.write(words) }
        // Read from the task, so that the compiler cannot foresee the trap.
        let index = words.utf8.count + 3
        switch way {
        case .fatalError: fatalError("nothing works")
        case .outOfBounds: return [1, 2, 3][index]
        case .overflow: return (Int.max - 3) + index + 1
        case .forcedNil: return Self.force(Int(String(repeating: "x", count: index)))
        case .abort: Glibc.abort()
        case .exit3: exit(3)
        case .quickExit3: _exit(3)
        case .exit0: exit(0)
        case .nullWrite: unsafe UnsafeMutablePointer<Int>(bitPattern: index - index % 2)?.pointee = 1
        case .raiseSegmentationFault: raise(SIGSEGV)
        case .stackOverflow: return Self.descend(index)
        case .killSelf: kill(getpid(), SIGKILL)
        }
        return index
    }

    private static func force(_ number: Int?) -> Int {
        // The trap is the purpose.
        // swift-format-ignore: NeverForceUnwrap
        return number!
    }

    private static func descend(_ depth: Int) -> Int {
        // Not a tail call: the result is used.
        depth == 0 ? 0 : descend(depth + 1) &+ descend(depth + 2)
    }
}

/// Crashes on its first tries and gives its attempt's number at last.
struct CrashUntil: PoolTask {
    static var isIdempotent: Bool { true }
    var attempt: Int

    func run(in context: NoContext) -> Int {
        let current = TaskContext.current?.attempt ?? 0
        if current < attempt { _exit(9) }
        return current
    }
}

/// Takes memory and never gives it back.
struct Leak: PoolTask {
    var byteCount: Int

    func run(in context: NoContext) -> Int32 {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 4096)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 1, count: byteCount)
        // The pool looks at its workers' memory four times a second: a leak must last to be seen.
        usleep(20_000)
        return getpid()
    }
}

/// Starts a process of its own, says both numbers, and hangs.
struct HangWithGrandchild: PoolTask {
    var distance: Grandchild.Distance

    func run(in context: NoContext) -> Int {
        let grandchild = Grandchild.start(distance)
        TaskContext.current?.report(completed: Int64(getpid()), total: Int64(grandchild))
        while true { pause() }
    }
}

/// Starts a shell that gives each of its jobs a group of its own, says the numbers of all, and never comes back.
struct HangWithFamily: PoolTask {
    func run(in context: NoContext) throws -> Int {
        let script =
            "set -m; for i in 1 2 3 4 5; do (sleep 61 & echo $!; exec sleep 62) & echo $!; done; wait"
        let text = try ChildOutput.lines(of: ["/bin/sh", "-c", script], count: 10)
        TaskContext.current?.report(completed: Int64(getpid()), message: text.joined(separator: " "))
        while true { pause() }
    }
}

/// Runs a pool of its own and says its workers' numbers.
struct RunNestedPool: PoolTask {
    var hangs: Bool

    func run(in context: NoContext) async throws -> [Int32] {
        try await withProcessThreadPool(processes: 2, threadsPerProcess: 1) { pool in
            try await pool.start()
            let processes = pool.statistics.processIDs.compactMap { $0 }
            let text = processes.map(String.init).joined(separator: " ")
            TaskContext.current?.report(completed: Int64(getpid()), message: text)
            if hangs { _ = try await pool.run(Hang()) }
            guard try await pool.run(Echo(value: 7)) == 7 else { return [] }
            return processes
        }
    }
}

extension TaskContext {
    func reportProcess() { report(completed: Int64(processID), message: "attempt \(attempt)") }
}
