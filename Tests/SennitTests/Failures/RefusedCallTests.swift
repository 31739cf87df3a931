import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PoolLives {
    /// Old kernels and strict containers refuse system calls: a pool does without, or says which one it needs.
    @Suite struct RefusedCallTests {
        @Test(arguments: YoungCall.allCases, [EPERM, ENOSYS])
        func `a refused system call is done without, or making the pool throws an error that names it`(
            call: YoungCall, code: Int32
        ) async {
            await #expect(processExitsWith: .success) { [call = call as YoungCall, code = code as Int32] in
                insist(SystemCallFilter.refuse([call.number], with: code), "no filter")
                try await Restricted.use(.spawn, maySay: call.rawValue)
                exit(0)
            }
        }

        @Test(arguments: YoungCall.allCases, [EPERM, ENOSYS])
        func `a refused system call is done without by forked workers too`(call: YoungCall, code: Int32) async {
            await #expect(processExitsWith: .success) { [call = call as YoungCall, code = code as Int32] in
                insist(SystemCallFilter.refuse([call.number], with: code), "no filter")
                try await Restricted.use(.zygote, maySay: call.rawValue)
                exit(0)
            }
        }

        @Test(arguments: [EPERM, ENOSYS])
        func `a pool makes no other call that Linux 3.10 had not`(code: Int32) async {
            await #expect(processExitsWith: .success) { [code = code as Int32] in
                let known = Set(YoungCall.allCases.map(\.number))
                let others = YoungCall.everyNumber.filter { !known.contains($0) }
                insist(SystemCallFilter.refuse(others, with: code), "no filter")
                try await Restricted.use(.spawn, maySay: nil)
                exit(0)
            }
        }

        @Test func `a kernel with none of them but memory files will do`() async {
            await #expect(processExitsWith: .success) {
                let needed = YoungCall.memfd_create.number
                insist(
                    SystemCallFilter.refuse(YoungCall.everyNumber.filter { $0 != needed }, with: ENOSYS), "no filter")
                try await Restricted.use(.spawn, maySay: nil)
                exit(0)
            }
        }

        @Test func `without proc a pool of processes says so, and one of threads works`() async {
            guard geteuid() == 0, Limits.canMount() else {
                print("skipped: a process without /proc needs the right to mount")
                return
            }
            await #expect(processExitsWith: .success) {
                alarm(30)
                insist(Limits.mountEmpty(over: "/proc"), "it cannot be hidden")
                do {
                    _ = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions())
                    fatalError("a pool was made")
                } catch {
                    insist((error as? PoolError)?.code == .systemCallFailed, "\(error)")
                    insist("\(error)".contains("Mount /proc"), "\(error)")
                }
                let pool = try ProcessThreadPool(processes: 0, threadsPerProcess: 1, options: quickOptions())
                insist(try await pool.run(Echo(value: 1)) == 1, "threads")
                insist(try await pool.run(CountBytes(bytes: [1, 2])) == 2, "bytes")
                await pool.shutDown()
                exit(0)
            }
        }
    }
}

/// The use of a pool where the system refuses something.
enum Restricted {
    /// Has a pool do what pools do, and checks that it neither hangs nor burns processor time.
    ///
    /// - Parameters:
    ///   - method: How its workers are started.
    ///   - call: What the error may name that making the pool throws; nil if there may be none.
    /// - Throws: An error that a pool of full rights would not throw either.
    static func use(_ method: PoolOptions.StartMethod, maySay call: String?) async throws {
        // Ends this process, and with it the test, should anything hang.
        alarm(30)
        let options = quickOptions { $0.startMethod = method }
        let pool: ProcessThreadPool<NoContext>
        do {
            pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 2, options: options)
        } catch {
            guard let call else { fatalError("\(error)") }
            insist((error as? PoolError)?.code == .systemCallFailed, "\(error)")
            insist("\(error)".contains(call), "\(error)")
            return
        }
        insist(try await pool.run(Echo(value: 1)) == 1, "small")
        let bytes = [UInt8](repeating: 3, count: 3 << 20)
        insist(try await pool.run(Echo(value: bytes)) == bytes, "large")
        insist(try await pool.failure(of: Crash(way: .killSelf)) is WorkerDied, "a death")
        let overdue = try await pool.failure(of: Hang(), options: TaskOptions(timeout: .milliseconds(50)))
        insist(overdue is TaskTimedOut, "a timeout: \(overdue)")
        insist(try await pool.run(Echo(value: 2)) == 2, "afterwards")
        let before = processorTime(.own)
        // Time in which nothing happens is what is measured.
        try await Task.sleep(for: .milliseconds(500))
        let idle = processorTime(.own) - before
        insist(idle < 0.1, "\(idle) s of processor time in half a second of idleness")
        await pool.shutDown()
        // The zygote goes with the supervisor, which ends after the pool.
        insist(await eventuallyTrue { Children.areAllReaped() }, "a child is left")
        let workers = processorTime(.reapedChildren)
        insist(workers < 5, "\(workers) s of the workers' processor time")
    }

    /// Whose processor time.
    enum Owner: Int32 {
        case own = 0
        case reapedChildren = -1
    }

    static func processorTime(_ owner: Owner) -> Double {
        var usage = rusage()
        unsafe getrusage(owner.rawValue, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
