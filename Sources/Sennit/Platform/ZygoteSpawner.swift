import CSennit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Starts copies of this executable by forking a small process that is loaded already.
///
/// The zygote is made at the first start. What it cannot do — another file, environment or limits than its template's,
/// a system where its fork is unsound — is done by a `ProcessSpawner`, as is everything after the zygote has died.
package final class ZygoteSpawner: Spawner {
    /// How the spawner starts processes now.
    package enum State: Sendable, Hashable {
        /// The first start will make the zygote.
        case notStarted
        /// Forking from the zygote of this number.
        case forking(pid: Int32)
        /// Executing the file each time, because of this.
        case executing(SpawnError)
    }

    private final class Connection: Sendable {
        let process: ChildProcess
        let socket: FileDescriptor

        init(process: ChildProcess, socket: consuming FileDescriptor) {
            self.process = process
            self.socket = socket
        }

        deinit {
            process.killGroup()
            _ = try? process.waitAndReap()
        }
    }

    private enum Zygote {
        case notStarted
        case running(Connection)
        case broken(SpawnError)
    }

    /// How long a fork may take before the zygote counts as broken.
    private static let patienceMilliseconds: Int32 = 5000

    private let template: SpawnRequest
    private let direct = ProcessSpawner()
    private let zygote = Mutex(Zygote.notStarted)

    /// Makes a spawner for requests like `template`: the same environment, limits, executable and standard input.
    ///
    /// The template's other descriptors and its arguments do not matter.
    package init(template: SpawnRequest) {
        self.template = template
    }

    /// How processes are started now.
    package var state: State {
        zygote.withLock { zygote in
            switch zygote {
            case .notStarted: .notStarted
            case .running(let connection): .forking(pid: connection.process.pid)
            case .broken(let error): .executing(error)
            }
        }
    }

    /// Makes the zygote now, so that the first start does not wait for it.
    ///
    /// The same rule as for `spawn(_:)` holds: the calling thread's end is the zygote's, and that of all it forks.
    package func prepare() {
        zygote.withLock { makeReady(&$0) }
    }

    package func spawn(_ request: SpawnRequest) throws(SpawnError) -> ChildProcess {
        if let child = canFork(request) ? try fork(request) : nil { return child }
        return try direct.spawn(request)
    }

    private func canFork(_ request: SpawnRequest) -> Bool {
        (request.mode == .worker || request.mode == .fixture) && request.standardInput == template.standardInput
            && request.executable == template.executable && request.environment == template.environment
            && request.parentDeath == .endsChild && request.account == nil
            && request.printsBacktraces == template.printsBacktraces && request.limits == template.limits
    }

    /// nil if there is no zygote to ask.
    private func fork(_ request: SpawnRequest) throws(SpawnError) -> ChildProcess? {
        // Safety: requests, replies and numbers are local variables of this thread, here and below; the C calls read or
        // fill them whole before they return and keep no pointer. The title is written within its own bytes.
        var raw = sennit_fork_request()
        raw.mode = request.mode?.code ?? 0
        raw.parent = getpid()
        unsafe withUnsafeMutableBytes(of: &raw.title) { title in
            // The last byte stays 0.
            for (index, byte) in (request.arguments.first ?? "").utf8.prefix(title.count - 1).enumerated() {
                unsafe title[index] = byte
            }
        }
        var reply = sennit_fork_reply()
        let code: Int32? = zygote.withLock { zygote in
            makeReady(&zygote)
            guard case .running(let connection) = zygote else { return nil }
            let socket = connection.socket.rawValue
            var code = unsafe sennit_zygote_request(
                socket, &raw, request.control ?? -1, request.standardOutput ?? -1, request.standardError ?? -1)
            if code == 0 {
                code = unsafe sennit_zygote_receive(socket, &reply, ZygoteSpawner.patienceMilliseconds)
            }
            if code == 0 { return 0 }
            connection.process.killGroup()
            _ = try? connection.process.waitAndReap()
            ZygoteSpawner.endLateChild(socket)
            zygote = .broken(SpawnError(code: code, step: .zygote, executable: request.executable))
            return nil
        }
        guard code != nil else { return nil }
        guard reply.error == 0 else {
            throw SpawnError(
                code: reply.error, step: SpawnError.Step(code: reply.step), executable: request.executable)
        }
        return try adopt(reply.pid, request)
    }

    private func adopt(_ pid: Int32, _ request: SpawnRequest) throws(SpawnError) -> ChildProcess {
        do throws(SystemError) {
            return try ChildProcess(adopting: pid, leadsSession: true)
        } catch {
            ZygoteSpawner.endChild(pid)
            throw SpawnError(code: error.code, step: .pidfd, executable: request.executable)
        }
    }

    private func makeReady(_ zygote: inout Zygote) {
        guard case .notStarted = zygote else { return }
        do throws(SpawnError) {
            zygote = try start()
        } catch {
            zygote = .broken(error)
        }
    }

    private func start() throws(SpawnError) -> Zygote {
        func failure(_ code: Int32) -> SpawnError {
            SpawnError(code: code, step: .zygote, executable: template.executable)
        }
        guard WorkerBoot.isDiversionAvailable else { throw failure(ENOTSUP) }
        var ends: DescriptorPair
        do throws(SystemError) {
            ends = try DescriptorPair.sockets(packets: true)
        } catch {
            throw failure(error.code)
        }
        guard let ours = ends.first.take(), let theirs = ends.second.take() else { throw failure(EBADF) }
        var request = template
        request.mode = .zygote
        // The room of this name is the room for its children's names.
        request.arguments = ["sennit-zygote" + String(repeating: " ", count: 34)]
        request.control = theirs.rawValue
        request.standardOutput = nil
        request.standardError = nil
        let process = try direct.spawn(request)
        let connection = Connection(process: process, socket: ours)
        var greeting = sennit_fork_reply()
        var code = unsafe sennit_zygote_receive(
            connection.socket.rawValue, &greeting, ZygoteSpawner.patienceMilliseconds)
        if code == 0 { code = greeting.error }
        guard code == 0 else { throw failure(code) }
        return .running(connection)
    }

    /// A fork that was answered too late has a child nobody waits for.
    private static func endLateChild(_ socket: Int32) {
        var reply = sennit_fork_reply()
        while unsafe sennit_zygote_receive(socket, &reply, 0) == 0 {
            if reply.pid > 0 { endChild(reply.pid) }
        }
    }

    private static func endChild(_ pid: Int32) {
        _ = kill(pid, SIGKILL)
        _ = waitpid(pid, nil, 0)
    }
}
