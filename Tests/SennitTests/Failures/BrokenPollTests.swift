import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PoolLives {
    /// A pool that cannot wait any more ends with an error; it does not try again for ever.
    @Suite struct BrokenPollTests {
        @Test(arguments: [0, 1])
        func `a pool whose waiting fails ends with that error, with its workers and without burning time`(
            processes: Int
        ) async {
            await #expect(processExitsWith: .success) { [processes = processes as Int] in
                alarm(30)
                let others = EventPolls.open()
                let pool = try ProcessThreadPool(
                    processes: processes, threadsPerProcess: 1, options: quickOptions())
                let own = EventPolls.open().filter { !others.contains($0) }
                insist(own.count == 1, "its polls: \(own)")
                insist(try await pool.run(Echo(value: 1)) == 1, "before")
                let process = try await pool.run(WhoAmI())
                insist(EventPolls.spoil(own), "the poll cannot be replaced")
                let handle = try await pool.submit(Cooperate(), options: TaskOptions(timeout: .milliseconds(20)))
                _ = try await handle.failure()
                // The pool finds out when it next has to wait.
                let error = try await EventPolls.failure(of: pool)
                insist("\(error)".contains("systemCallFailed") && "\(error)".contains("epoll_wait"), "\(error)")
                let before = Restricted.processorTime(.own)
                await pool.shutDown()
                insist(Restricted.processorTime(.own) - before < 1, "it burns time")
                if processes > 0 { insist(await Processes.areGone([process]), "the worker lives") }
                insist(await eventuallyTrue { Children.areAllReaped() }, "a child is left")
                exit(0)
            }
        }
    }
}

/// The event polls of this process.
private enum EventPolls {
    static func open() -> [Int32] {
        OpenDescriptors.now().filter { descriptor in
            var target = [CChar](repeating: 0, count: 64)
            let length = unsafe readlink("/proc/self/fd/\(descriptor)", &target, target.count - 1)
            return length > 0
                && String(decoding: target.prefix(length).map(UInt8.init), as: UTF8.self)
                    == "anon_inode:[eventpoll]"
        }
    }

    /// Puts in their place what nobody can wait for.
    static func spoil(_ polls: [Int32]) -> Bool {
        let null = unsafe Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
        return null >= 0 && polls.allSatisfy { dup2(null, $0) == $0 }
    }

    /// The error of the first task that fails.
    static func failure(of pool: ProcessThreadPool<NoContext>) async throws -> any Error {
        for _ in 0..<100 {
            do {
                _ = try await pool.run(Echo(value: 1))
            } catch {
                return error
            }
        }
        throw Unmet("a hundred tasks succeeded")
    }
}
