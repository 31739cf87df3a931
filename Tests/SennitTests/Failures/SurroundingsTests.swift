import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PoolLives {
    /// What a task starts finds the same surroundings in a worker as with `processes: 0`.
    @Suite struct SurroundingsTests {
        /// What a program sees that a task starts.
        private struct Surroundings: Codable, Sendable, Equatable {
            var signals: String
            var environment: [String]
            var mask: String
            var input: String
            var brokenPipe: String
            var folder: String
        }

        private struct Look: PoolTask {
            func run(in context: NoContext) throws -> Surroundings {
                let status = try ChildOutput.all(of: ["/bin/cat", "/proc/self/status"])
                return Surroundings(
                    signals: status.split(separator: "\n").filter { $0.hasPrefix("SigI") || $0.hasPrefix("SigC") }
                        .joined(separator: " "),
                    environment: try ChildOutput.all(of: ["/usr/bin/env"]).split(separator: "\n").map(String.init)
                        .sorted(),
                    mask: try ChildOutput.all(of: ["/bin/sh", "-c", "umask"]),
                    input: try ChildOutput.all(of: ["/bin/readlink", "/proc/self/fd/0"]),
                    brokenPipe: try ChildOutput.all(of: ["/bin/bash", "-c", "yes | head -1; echo ${PIPESTATUS[0]}"]),
                    folder: try ChildOutput.all(of: ["/bin/pwd"]))
            }
        }

        private static func look(processes: Int, _ method: PoolOptions.StartMethod = .spawn) async throws
            -> Surroundings
        {
            try await withProcessThreadPool(
                processes: processes, threadsPerProcess: 1, options: quickOptions { $0.startMethod = method }
            ) { pool in try await pool.run(Look()) }
        }

        private static func expectAlike() async throws {
            let own = try await look(processes: 0)
            for method in [PoolOptions.StartMethod.spawn, .zygote] {
                let other = try await look(processes: 1, method)
                guard other == own else { throw Unmet("\(method):\n\(other)\nprocesses: 0:\n\(own)") }
            }
        }

        @Test func `signals, environment, mask, folder and streams are alike`() async throws {
            try await Self.expectAlike()
        }

        @Test func `a broken pipe ends a program that a task starts`() async throws {
            await #expect(processExitsWith: .success) {
                // Whatever another test's library has set for the whole process.
                signal(SIGPIPE, SIG_DFL)
                let seen = try await PoolLives.SurroundingsTests.look(processes: 1)
                guard seen.brokenPipe == "y\n141\n", !seen.environment.contains(where: { $0.hasPrefix("SENNIT_") })
                else { throw Unmet("\(seen)") }
            }
        }

        @Test func `they are alike where the program ignores signals and prints no backtraces`() async throws {
            await #expect(processExitsWith: .success) {
                for number in [SIGPIPE, SIGHUP, SIGTERM, SIGUSR1] { signal(number, SIG_IGN) }
                umask(0o27)
                unsafe setenv("SWIFT_BACKTRACE", "enable=yes,color=no", 1)
                close(0)
                _ = unsafe open("/etc/hostname", O_RDONLY)
                try await PoolLives.SurroundingsTests.expectAlike()
            }
        }

        @Test func `they are alike where the program has closed its input`() async throws {
            await #expect(processExitsWith: .success) {
                close(0)
                let seen = try await PoolLives.SurroundingsTests.look(processes: 1)
                guard seen.input == "/dev/null\n" else { throw Unmet(seen.input) }
            }
        }

        private struct Say: PoolTask {
            func run(in context: NoContext) -> Int {
                StandardOutput.write("said\n")
                return 1
            }
        }

        @Test func `a worker may write to a terminal that stops what writes in the background`() async throws {
            await #expect(processExitsWith: .success) {
                // The C library has a function for each of these steps; this is what they do.
                let terminal = unsafe Glibc.open("/dev/ptmx", O_RDWR | O_NOCTTY)
                var (unlocked, number): (Int32, Int32) = (0, 0)
                guard terminal >= 0, unsafe ioctl(terminal, UInt(0x4004_5431), &unlocked) == 0,
                    unsafe ioctl(terminal, UInt(0x8004_5430), &number) == 0
                else { throw Unmet("no terminal: \(errno)") }
                // The first terminal that the leader of a session opens is its own.
                guard setsid() >= 0 else { throw Unmet("no session: \(errno)") }
                let other = unsafe Glibc.open("/dev/pts/\(number)", O_RDWR)
                var settings = termios()
                guard other >= 0, dup2(other, 1) == 1, unsafe tcgetattr(other, &settings) == 0 else {
                    throw Unmet("\(errno)")
                }
                settings.c_lflag |= tcflag_t(TOSTOP)
                guard unsafe tcsetattr(other, TCSANOW, &settings) == 0 else { throw Unmet("no tostop: \(errno)") }
                try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                    let said = try await pool.submit(Say()).value(within: .seconds(30))
                    guard said == 1 else { throw Unmet("\(said)") }
                }
            }
        }
    }
}
