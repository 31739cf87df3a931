import CSennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A way to start processes.
package protocol Spawner: Sendable {
    /// Starts a process in a group of its own that dies with the calling thread.
    ///
    /// Call it from a thread that lives as long as the child should: the system counts the starting thread's end as the
    /// parent's death.
    func spawn(_ request: SpawnRequest) throws(SpawnError) -> ChildProcess
}

/// Starts processes by executing a file.
///
/// This process is not copied, however big it is. Everything but descriptors 0...3 is closed in the child, its signals
/// are at their defaults, and it gets the parent-death signal when the calling thread ends.
package struct ProcessSpawner: Spawner {
    package init() {}

    package func spawn(_ request: SpawnRequest) throws(SpawnError) -> ChildProcess {
        let result = unsafe lend(request) { raw in unsafe sennit_spawn(&raw) }
        return try child(result, of: request)
    }

    /// Starts a process that has a child of its own from the first moment: the ward runs while its guardian's file is
    /// still being loaded.
    ///
    /// The guardian adopts what the ward leaves behind, and gets the ward's number as its last argument.
    /// - Returns: The guardian, which this process reaps, and the number of the ward, which the guardian reaps.
    /// - Throws: `SpawnError` of either; then neither runs.
    package func spawn(
        _ request: SpawnRequest, with ward: SpawnRequest
    ) throws(SpawnError) -> (guardian: ChildProcess, ward: Int32) {
        var request = request
        request.arguments.append(String(repeating: " ", count: Int(SENNIT_WARD_NUMBER_SIZE) - 1))
        let last = request.arguments.count - 1
        let result = unsafe lend(ward) { rawWard in
            unsafe withUnsafePointer(to: &rawWard) { rawWard in
                unsafe lend(request) { raw in
                    unsafe raw.ward = rawWard
                    unsafe raw.ward_number = raw.arguments[last]
                    return unsafe sennit_spawn(&raw)
                }
            }
        }
        do throws(SpawnError) {
            return (try child(result, of: result.failed_in_ward ? ward : request), result.ward)
        } catch {
            // The guardian is gone, and nobody else looks after its ward.
            if result.error == 0, result.ward > 0 { _ = kill(result.ward, SIGKILL) }
            throw error
        }
    }

    private func child(_ result: sennit_spawn_result, of request: SpawnRequest) throws(SpawnError) -> ChildProcess {
        guard result.error == 0 else {
            throw SpawnError(
                code: result.error, step: SpawnError.Step(code: result.step), executable: request.executable)
        }
        if result.pidfd >= 0 {
            return ChildProcess(
                pid: result.pid, pidfd: FileDescriptor(adopting: result.pidfd), leadsSession: request.endsSession)
        }
        do throws(SystemError) {
            return try ChildProcess(withoutPidfd: result.pid, leadsSession: request.endsSession)
        } catch {
            _ = kill(result.pid, SIGKILL)
            _ = waitpid(result.pid, nil, 0)
            throw SpawnError(code: error.code, step: .pidfd, executable: request.executable)
        }
    }

    /// Lends a request in the system's form.
    private func lend<Value>(_ request: SpawnRequest, _ body: (inout sennit_spawn_request) -> Value) -> Value {
        let arguments = CStringArray(request.arguments)
        let environment = CStringArray(inheritingWith: request.effectiveEnvironment)
        let limits = request.limits.map { sennit_limit(resource: $0.resource, soft: $0.soft, hard: $0.hard) }
        // Safety: the path and the limits are borrowed for the closure, and the arrays of strings, which cannot be
        // copied, live to the end of this function. The child reads all of it in our memory, but the call returns only
        // when the child has executed its file or ended, and nothing else changes it meanwhile. Of a guardian's last
        // argument the child overwrites no more than its own bytes.
        return unsafe request.executable.withCString { executable in
            unsafe limits.withUnsafeBufferPointer { limits in
                var raw = unsafe sennit_spawn_request()
                unsafe raw.executable = executable
                unsafe raw.arguments = UnsafePointer(arguments.pointer)
                unsafe raw.environment = UnsafePointer(environment.pointer)
                unsafe raw.standard_input = request.standardInput ?? -1
                unsafe raw.standard_output = request.standardOutput ?? InheritedStream.descriptor(STDOUT_FILENO)
                unsafe raw.standard_error = request.standardError ?? InheritedStream.descriptor(STDERR_FILENO)
                unsafe raw.control = request.control ?? -1
                unsafe raw.leads_session = request.leadsSession
                unsafe raw.keeps_ignored_signals = request.mode != nil
                unsafe raw.limits = limits.baseAddress
                unsafe raw.limit_count = limits.count
                switch request.parentDeath {
                case .endsChild: break
                case .signals(let signal): unsafe raw.death_signal = signal
                case .isOutlived: unsafe raw.outlives_parent = true
                }
                if let account = request.account {
                    unsafe raw.changes_user = true
                    unsafe raw.user = account.user
                    unsafe raw.group = account.group
                }
                return unsafe body(&raw)
            }
        }
    }
}
