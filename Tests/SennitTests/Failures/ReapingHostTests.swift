import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PoolLives {
    /// A host program that collects the status of every child of the process, workers included.
    @Suite struct ReapingHostTests {
        @Test func `how a worker died is known where the host ignores SIGCHLD`() async throws {
            guard KernelVersion.keepsStatusOfReaped else { try Test.cancel("needs Linux 6.15") }
            await #expect(processExitsWith: .success) {
                signal(SIGCHLD, SIG_IGN)
                try await ReapingHostTests.crashInEveryWay()
            }
        }

        @Test func `how a worker died is known where the host reaps every child`() async throws {
            guard KernelVersion.keepsStatusOfReaped else { try Test.cancel("needs Linux 6.15") }
            await #expect(processExitsWith: .success) {
                // Blocks while there are children and asks again at once when there are none.
                try SystemThread.start(name: "reaper", stackBytes: 65_536) {
                    while true { _ = waitpid(-1, nil, 0) }
                }
                try await ReapingHostTests.crashInEveryWay()
            }
        }

        private static func crashInEveryWay() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                for _ in 0..<5 {
                    for (way, name) in [(Crash.Way.exit3, nil), (.killSelf, "SIGKILL"), (.nullWrite, "SIGSEGV")] {
                        let death = try #require(try await pool.failure(of: Crash(way: way)) as? WorkerDied)
                        let isRight = name.map { death.exitStatus.signalName == $0 } ?? (death.exitStatus == .exited(3))
                        guard isRight else { throw Unmet("\(way) was reported as \(death.exitStatus)") }
                    }
                }
            }
        }
    }
}

private enum KernelVersion {
    /// Whether the kernel keeps the exit status with a pidfd after somebody has reaped the process.
    static var keepsStatusOfReaped: Bool {
        var name = utsname()
        guard unsafe uname(&name) == 0 else { return false }
        let release = unsafe withUnsafeBytes(of: &name.release) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let parts = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return parts.count == 2 && (parts[0], parts[1]) >= (6, 15)
    }
}
