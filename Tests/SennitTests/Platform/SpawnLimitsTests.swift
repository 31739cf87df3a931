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

/// Tests that change the whole process, each in a process of its own.
@Suite struct SpawnLimitsTests {
    @Test func `descriptors reach their places whatever their numbers were`() async {
        await #expect(processExitsWith: .success) {
            var sockets = try DescriptorPair.sockets()
            var out = try DescriptorPair.pipe()
            var err = try DescriptorPair.pipe()
            guard let ours = sockets.first.take(), let theirs = sockets.second.take(), let outReader = out.first.take(),
                let outWriter = out.second.take(), let errReader = err.first.take(), let errWriter = err.second.take()
            else { fatalError("no descriptors") }
            // The worst case: each stands where another belongs. 0: control, 2: output, 3: error.
            let kept = try errWriter.duplicate()
            insist(dup2(theirs.rawValue, 0) == 0 && dup2(outWriter.rawValue, 2) == 2, "dup2")
            if kept.rawValue != 3 { insist(dup2(kept.rawValue, 3) == 3, "dup2") }
            var request = SpawnRequest(mode: .fixture, name: "fixture", control: 0)
            request.standardOutput = 2
            request.standardError = 3
            let child = try ProcessSpawner().spawn(request)
            let socket = ControlSocket(adopting: ours)
            try socket.send(kind: FixtureCommand.writeStreams.rawValue)
            try socket.send(kind: FixtureCommand.listDescriptors.rawValue)
            var answers: [String] = []
            while answers.count < 2 {
                _ = try socket.receiveBlocking { answers.append(String(decoding: $0.payload, as: UTF8.self)) }
            }
            insist(answers[1] == "0 1 2 3", "descriptors \(answers[1])")
            var bytes = [UInt8](repeating: 0, count: 10)
            insist(unsafe read(outReader.rawValue, &bytes, 10) == 3 && bytes.starts(with: "out".utf8), "output")
            insist(unsafe read(errReader.rawValue, &bytes, 10) == 3 && bytes.starts(with: "err".utf8), "error")
            child.killGroup()
            _ = try child.waitAndReap()
            exit(0)
        }
    }

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

    @Test func `a thousand processes leave nothing behind`() async {
        await #expect(processExitsWith: .success) {
            let before = OpenDescriptors.now()
            for index in 0..<1000 {
                var request = SpawnRequest(executable: "/bin/true", arguments: ["true"])
                if index % 3 == 0 { request.executable = "/nonexistent" }
                do {
                    let child = try ProcessSpawner().spawn(request)
                    if index % 3 == 1 { child.killGroup() }
                    insist(try child.waitAndReap() != nil, "no status")
                } catch let error as SpawnError {
                    insist(error.code == ENOENT, "\(error)")
                }
            }
            insist(OpenDescriptors.now() == before, "descriptors leak")
            insist(Children.areAllReaped(), "a child is left")
            exit(0)
        }
    }
}
