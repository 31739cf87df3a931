import CSennit

/// What a pool cannot do without, looked for before anything is started: a later failure would be harder to read, and
/// the runtime itself waits for ever where no thread can be had.
package enum SystemRequirements {
    /// Checks that there can be threads and, for worker processes, that /proc is there.
    ///
    /// - Throws: ``PoolError`` with `systemCallFailed`, which says what is missing and what to do.
    package static func check(needsProcesses: Bool) throws(PoolError) {
        try checkThreads()
        if needsProcesses { try checkProc() }
    }

    /// The C library makes threads by clone3, and does without it only where the kernel says that it has no such call.
    private static func checkThreads() throws(PoolError) {
        let code = sennit_clone3_refusal()
        guard code != 0 else { return }
        do throws(SystemError) {
            // An older C library makes threads in another way: only a thread tells.
            try SystemThread.start(name: "sennit-check", stackBytes: 64 * 1024) {}
        } catch {
            throw PoolError(
                .systemCallFailed,
                "The system refuses clone3, by which the C library starts threads: \(SystemError.text(of: code)). "
                    + "Allow the call in the container's seccomp profile, or have the profile answer ENOSYS.",
                cause: error)
        }
    }

    private static func checkProc() throws(PoolError) {
        do throws(SystemError) {
            _ = try ExecutableIdentity.current()
        } catch {
            throw PoolError(
                .systemCallFailed,
                "Worker processes are started from /proc/self/exe, which cannot be reached. Mount /proc (mount -t proc "
                    + "proc /proc), or make the pool with processes: 0.",
                cause: error)
        }
    }
}
