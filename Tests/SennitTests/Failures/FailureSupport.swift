import Sennit
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where tasks wait until the test lets them go on: a named pipe that nobody has opened for writing yet.
struct Gate: Codable, Sendable {
    let path: String

    init() throws {
        path = "/tmp/sennit-gate-\(getpid())-\(Self.next.add(1, ordering: .relaxed).newValue)"
        try #require(unsafe mkfifo(path, 0o600) == 0)
    }

    private static let next = Atomic<Int>(0)

    /// Waits, blocking the thread.
    func pass() {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Lets everybody pass from now on; the returned object keeps it open.
    func open() -> Opened { Opened(path) }

    final class Opened: Sendable {
        private let descriptor: Int32

        fileprivate init(_ path: String) {
            // Open for both: it never blocks, and whoever waits to read goes on.
            descriptor = unsafe Glibc.open(path, O_RDWR | O_CLOEXEC)
        }

        deinit { close(descriptor) }
    }

    /// Removes the pipe; who waits at it waits for ever.
    func remove() { unsafe unlink(path) }
}

/// Counts across processes: each line is one event.
struct Tally: Codable, Sendable {
    let path: String

    init() throws {
        path = "/tmp/sennit-tally-\(getpid())-\(Self.next.add(1, ordering: .relaxed).newValue)"
        try #require(unsafe close(Glibc.open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o600)) == 0)
    }

    private static let next = Atomic<Int>(0)

    func add(_ mark: UInt8 = UInt8(ascii: "x")) {
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        var byte = mark
        _ = unsafe write(descriptor, &byte, 1)
        close(descriptor)
    }

    var marks: String {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe max(0, read(descriptor, &bytes, bytes.count))
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    var count: Int { marks.utf8.count }

    func remove() { unsafe unlink(path) }
}

enum StandardError {
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}

enum StandardOutput {
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.write(STDOUT_FILENO, bytes, bytes.count)
    }
}

/// Processes, looked at from outside.
enum Processes {
    /// Whether it runs; one that has ended and waits to be reaped does not.
    static func isAlive(_ pid: Int32) -> Bool {
        guard let state = ProcessState.of(pid) else { return false }
        return state != .zombie && state != .dead
    }

    /// Waits until all of them have ended.
    static func areGone(_ pids: [Int32], within seconds: UInt64 = 5) async -> Bool {
        await eventuallyTrue(within: seconds) { !pids.contains(where: isAlive) }
    }

    /// Sends a signal to a child of this process; to nobody else, whoever may have the number by now.
    @discardableResult
    static func signal(_ pid: Int32, _ signal: Int32) -> Bool {
        guard pid > 0, parent(of: pid) == getpid() else { return false }
        return kill(pid, signal) == 0
    }

    static func parent(of pid: Int32) -> Int32? {
        guard let status = try? ProcFile.contents(of: "/proc/\(pid)/stat"), let end = status.lastIndex(of: ")")
        else { return nil }
        // After the name: the state, then the parent.
        return status[end...].split(separator: " ").dropFirst(2).first.flatMap { Int32($0) }
    }
}

/// Asks again and again; for what the kernel tells nobody about.
func eventuallyTrue(within seconds: UInt64 = 30, _ condition: () -> Bool) async -> Bool {
    let deadline = MonotonicClock.now() + seconds * 1_000_000_000
    while !condition() {
        guard MonotonicClock.now() < deadline else { return condition() }
        // There is no signal for the state of another's process.
        try? await Task.sleep(for: .milliseconds(1))
    }
    return true
}

enum Grandchild {
    /// How far a process is from the worker whose task has started it.
    enum Distance: String, Codable, CaseIterable {
        /// In the worker's process group.
        case group
        /// In a group of its own, as what Foundation's `Process` starts.
        case ownGroup
        /// In a session of its own, where nothing of the pool's reaches it.
        case ownSession

        fileprivate var flags: Int16 {
            switch self {
            case .group: 0
            case .ownGroup: Int16(POSIX_SPAWN_SETPGROUP)
            // POSIX_SPAWN_SETSID, which the C library shows only to GNU programs.
            case .ownSession: 0x80
            }
        }
    }

    /// Starts a process that sleeps for a minute at most, with this process's standard streams.
    static func start(_ distance: Distance) -> Int32 {
        let arguments = CStringArray(["sleep", "60"])
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        unsafe posix_spawnattr_setflags(&attributes, distance.flags)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var pid: pid_t = 0
        let code: Int32 = unsafe posix_spawn(&pid, "/bin/sleep", nil, &attributes, arguments.pointer, environ)
        return code == 0 ? pid : -code
    }
}

/// Options with short times; no test waits for the usual ones.
func quickOptions(_ adjust: (inout PoolOptions) -> Void = { _ in }) -> PoolOptions {
    var options = PoolOptions()
    options.standardError = .discard
    options.restartDelay = .milliseconds(5)
    options.gracePeriod = .seconds(2)
    adjust(&options)
    return options
}

extension TaskHandle {
    /// Waits until the task runs and has said in which process.
    func runningProcess() async throws -> Int32 {
        for await progress in self.progress { return Int32(progress.completed) }
        throw Unmet("the task ended before it said where it ran: \(await result)")
    }

    /// The error that the task ended with.
    func failure() async throws -> any Error {
        switch await result {
        case .success(let output): throw Unmet("it succeeded: \(output)")
        case .failure(let error): return error
        }
    }
}

extension ProcessThreadPool {
    /// The error that a task ends with.
    func failure<Work: PoolTask>(of task: Work, options: TaskOptions? = nil) async throws -> any Error
    where Work.Context == NoContext {
        try await submit(task, options: options).failure()
    }

    /// The error that keeps a task from being accepted.
    func failureToSubmit<Work: PoolTask>(_ task: Work, _ options: TaskOptions? = nil) async throws -> any Error
    where Work.Context == NoContext {
        do {
            let handle = try await submit(task, options: options)
            throw Unmet("it was accepted as \(handle.id)")
        } catch let error as Unmet {
            throw error
        } catch {
            return error
        }
    }

    /// Waits until a worker is ready at this place, and says its process.
    func process(at place: Int = 0) async throws -> Int32 {
        try await start()
        let processes = statistics.processIDs
        return try #require(place < processes.count ? processes[place] : nil)
    }
}

/// Something that a test relies on and that did not happen.
struct Unmet: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

// Groups of tests with real processes. A group runs one test at a time, so that few processes exist at once.
@Suite(.serialized, .timeLimit(.minutes(5))) enum DyingWorkers {}
@Suite(.serialized, .timeLimit(.minutes(5))) enum MisbehavingTasks {}
@Suite(.serialized, .timeLimit(.minutes(5))) enum PoolLives {}
