import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PoolLives {
    /// The system refuses what a pool needs; each test limits a process of its own.
    @Suite struct ResourceLimitTests {
        @Test func `without processes to be had, waiting tasks fail with that cause`() async {
            await #expect(processExitsWith: .success) {
                Limits.leaveSuperuser()
                let options = quickOptions { $0.onStartFailure = .failPool }
                let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options)
                let process = try await pool.process()
                Limits.set(Limits.processes, 0)
                insist(Processes.signal(process, SIGKILL), "signal")
                insist(await Processes.areGone([process]), "it lives")
                let error = try await pool.failure(of: Echo(value: 1), options: TaskOptions(isIdempotent: true))
                insist((error as? PoolError)?.code == .startFailed, "\(error)")
                insist("\(error)".contains("ulimit -u"), "\(error)")
                await pool.shutDown()
                exit(0)
            }
        }

        @Test func `a pool outlasts a shortage of processes`() async {
            await #expect(processExitsWith: .success) {
                Limits.leaveSuperuser()
                let options = quickOptions { $0.maximumRestartDelay = .milliseconds(20) }
                let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options)
                let process = try await pool.process()
                let events = pool.events
                let before = Limits.set(Limits.processes, 0)
                insist(Processes.signal(process, SIGKILL), "signal")
                insist(await Processes.areGone([process]), "it lives")
                let task = try await pool.submit(Echo(value: 5))
                var refusals = 0
                for await case .workerStartFailed in events {
                    refusals += 1
                    // Twice as many as a pool may fail by that has never been ready.
                    if refusals == 6 { break }
                }
                Limits.set(Limits.processes, before)
                insist(try await task.value == 5, "value")
                await pool.shutDown()
                exit(0)
            }
        }

        @Test func `without descriptors a pool still runs small tasks and says why it cannot start workers`() async {
            await #expect(processExitsWith: .success) {
                let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions())
                let process = try await pool.process()
                try await Limits.takeDescriptors()
                for number in 0..<10 { insist(try await pool.run(Echo(value: number)) == number, "small") }
                // No segment can be made for it: it goes over the socket.
                let size = 3 << 20
                insist(try await pool.run(CountBytes(bytes: [UInt8](repeating: 1, count: size))) == size, "large")
                do {
                    _ = try ProcessThreadPool(processes: 1, threadsPerProcess: 1)
                    fatalError("a pool was made")
                } catch {
                    insist("\(error)".contains("open files"), "\(error)")
                }
                // It keeps trying; a task waits for as long as its user has patience.
                let deadline = ContinuousClock.now + .milliseconds(300)
                // Its number is its own until the pool has reaped it; looking it up would need a descriptor.
                insist(kill(process, SIGKILL) == 0, "signal")
                let late = try await pool.failure(of: Echo(value: 1), options: TaskOptions(deadline: deadline))
                insist((late as? TaskTimedOut)?.hadStarted == false, "\(late)")
                insist(pool.statistics.lastStartFailure?.contains("open files") == true, "\(pool.statistics)")
                // Once it is shut down, what waits has its last attempts.
                let waiting = try await pool.submit(Echo(value: 1))
                await pool.shutDown()
                let error = try await waiting.failure()
                insist((error as? PoolError)?.code == .startFailed, "\(error)")
                insist("\(error)".contains("open files"), "\(error)")
                exit(0)
            }
        }

        @Test func `a large result that finds no descriptor in the parent harms its own task alone`() async {
            await #expect(processExitsWith: .success) {
                let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions())
                let process = try await pool.process()
                try await Limits.takeDescriptors()
                for _ in 0..<3 {
                    let error = try await pool.failure(of: MakeBytes(count: 3 << 20))
                    insist((error as? PoolError)?.code == .systemCallFailed, "\(error)")
                    insist("\(error)".contains("ulimit -n"), "\(error)")
                    insist(try await pool.run(WhoAmI()) == process, "another worker")
                }
                Limits.set(Limits.descriptors, 1024)
                // The very segment that could not be taken over is sent again.
                insist(try await pool.run(MakeBytes(count: 3 << 20)).count == 3 << 20, "later")
                insist(try await pool.run(WhoAmI()) == process, "another worker")
                await pool.shutDown()
                exit(0)
            }
        }

        @Test func `a full /dev/shm is of no matter`() async throws {
            guard geteuid() == 0, Limits.canMount() else {
                print("skipped: a full /dev/shm needs the right to mount one")
                return
            }
            await #expect(processExitsWith: .success) {
                insist(Limits.fillSharedMemoryFolder(), "the folder cannot be replaced")
                let options = quickOptions { $0.startMethod = .spawn }
                try await withProcessThreadPool(processes: 2, threadsPerProcess: 1, options: options) { pool in
                    let bytes = [UInt8](repeating: 3, count: 3 << 20)
                    insist(try await pool.run(Echo(value: bytes)) == bytes, "echo")
                    insist(try await pool.run(FreeSharedMemory()) == 0, "there is room in the worker's /dev/shm")
                }
                exit(0)
            }
        }
    }
}

/// Says how many bytes it got.
struct CountBytes: PoolTask {
    var bytes: [UInt8]
    func run(in context: NoContext) -> Int { bytes.count }
}

/// Says how much room the shared memory file system has.
struct FreeSharedMemory: PoolTask {
    func run(in context: NoContext) -> UInt { Limits.freeSharedMemory() }
}

extension ProcessThreadPool {
    func result<Work: PoolTask>(of task: Work) async -> Result<Work.Output, any Error>
    where Work.Context == NoContext {
        do { return .success(try await run(task)) } catch { return .failure(error) }
    }
}

/// What a process may have.
enum Limits {
    static let processes = __RLIMIT_NPROC.rawValue
    static let descriptors = RLIMIT_NOFILE.rawValue

    /// Sets the soft limit.
    ///
    /// - Returns: The one before.
    @discardableResult
    static func set(_ resource: UInt32, _ value: rlim_t) -> rlim_t {
        var limit = rlimit()
        insist(unsafe getrlimit(__rlimit_resource_t(resource), &limit) == 0, "getrlimit")
        let before = limit.rlim_cur
        limit.rlim_cur = min(value, limit.rlim_max)
        insist(unsafe setrlimit(__rlimit_resource_t(resource), &limit) == 0, "setrlimit")
        return before
    }

    /// Uses up this process's descriptors.
    static func takeDescriptors() async throws {
        // The runtime's timers open descriptors when they are first used, and trap when there are none.
        try await Task.sleep(for: .milliseconds(1))
        set(descriptors, 64)
        while dup(0) >= 0 {}
    }

    /// Becomes nobody, for whom limits hold.
    static func leaveSuperuser() {
        if geteuid() == 0 { insist(setgid(65534) == 0 && setuid(65534) == 0, "setuid") }
    }

    private typealias Unshare = @convention(c) (Int32) -> Int32
    private typealias Mount =
        @convention(c) (
            UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>, UInt, UnsafePointer<CChar>?
        ) -> Int32

    /// Whether this process may have mounts of its own; tried in a child.
    static func canMount() -> Bool {
        var pid: pid_t = 0
        let arguments = CStringArray(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/dev/shm"])
        guard unsafe posix_spawnp(&pid, "unshare", nil, nil, arguments.pointer, environ) == 0 else { return false }
        var status: Int32 = -1
        return unsafe waitpid(pid, &status, 0) == pid && status == 0
    }

    /// Gives this thread, and those it starts, a /dev/shm of one page that is full.
    static func fillSharedMemoryFolder() -> Bool {
        guard mountEmpty(over: "/dev/shm", "size=4k") else { return false }
        let file = unsafe open("/dev/shm/full", O_CREAT | O_WRONLY, 0o600)
        let page = [UInt8](repeating: 1, count: 4096)
        _ = unsafe write(file, page, page.count)
        close(file)
        return freeSharedMemory() == 0
    }

    /// Gives this thread, and those it starts, an empty folder in place of this one.
    static func mountEmpty(over path: String, _ options: String = "size=4k") -> Bool {
        guard let unshareAddress = unsafe dlsym(nil, "unshare"), let mountAddress = unsafe dlsym(nil, "mount")
        else { return false }
        let unshare = unsafe unsafeBitCast(unshareAddress, to: Unshare.self)
        let mount = unsafe unsafeBitCast(mountAddress, to: Mount.self)
        // CLONE_NEWNS; then MS_REC | MS_PRIVATE, so that nobody else sees what follows.
        return unsafe unshare(0x20000) == 0 && mount("none", "/", "none", 16384 | 1 << 18, nil) == 0
            && mount("tmpfs", path, "tmpfs", 0, options) == 0
    }

    static func freeSharedMemory() -> UInt {
        var information = statvfs()
        return unsafe statvfs("/dev/shm", &information) == 0 ? UInt(information.f_bavail) : .max
    }
}
