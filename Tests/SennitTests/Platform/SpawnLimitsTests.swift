import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Ends an exit test's process unless something holds.
func insist(_ condition: Bool, _ message: String) {
    if !condition { fatalError(message) }
}

/// Tests that limit the whole process, each in a process of its own.
@Suite struct SpawnLimitsTests {
    @Test func `without descriptors to spare the error is EMFILE`() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 64, rlim_max: 64)
            insist(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, "setrlimit")
            while dup(0) >= 0 {}
            do {
                _ = try ProcessSpawner().spawn(SpawnRequest(executable: "/bin/true", arguments: ["true"]))
                fatalError("spawned")
            } catch let error as SpawnError {
                insist(error.code == EMFILE && error.isTransient, "\(error)")
                insist(error.description.contains("ulimit -n"), "\(error)")
            }
            insist(Children.areAllReaped(), "a child is left")
            exit(0)
        }
    }

    @Test func `at the limit of processes the error is EAGAIN`() async {
        await #expect(processExitsWith: .success) {
            // The system puts no such limit on the superuser.
            if geteuid() == 0 { insist(setgid(65534) == 0 && setuid(65534) == 0, "setuid") }
            var limit = rlimit(rlim_cur: 0, rlim_max: 0)
            insist(unsafe setrlimit(__rlimit_resource_t(__RLIMIT_NPROC.rawValue), &limit) == 0, "setrlimit")
            do {
                _ = try ProcessSpawner().spawn(SpawnRequest(executable: "/bin/true", arguments: ["true"]))
                fatalError("spawned")
            } catch let error as SpawnError {
                insist(error.code == EAGAIN && error.step == .fork, "\(error)")
                insist(error.description.contains("ulimit -u"), "\(error)")
            }
            exit(0)
        }
    }
}
