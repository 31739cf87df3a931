import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Work that must leave a process's descriptors and children as they were.
///
/// Runs in a fixture, where nobody else opens and closes descriptors meanwhile.
enum DescriptorScenario: UInt8, CaseIterable {
    case thousandSpawns
    case threeHundredForks
    case socketPaths
    case collisions

    /// Says what is wrong; empty if nothing is.
    func run() -> String {
        do {
            let before = OpenDescriptors.now()
            let problem = try perform()
            let after = OpenDescriptors.now()
            if after != before { return "descriptors \(after) after \(before)" }
            if !Children.areAllReaped() { return "a child is left" }
            return problem
        } catch {
            return "\(error)"
        }
    }

    private func perform() throws -> String {
        switch self {
        case .thousandSpawns: try spawnOften()
        case .threeHundredForks: try forkOften()
        case .socketPaths: try exchangeOften()
        case .collisions: try collide()
        }
    }

    private func spawnOften() throws -> String {
        for index in 0..<1000 {
            var request = SpawnRequest(executable: "/bin/true", arguments: ["true"])
            if index % 3 == 0 { request.executable = "/nonexistent" }
            do {
                let child = try ProcessSpawner().spawn(request)
                if index % 3 == 1 { child.killGroup() }
                if try child.waitAndReap() == nil { return "no status" }
            } catch let error as SpawnError where index % 3 == 0 && error.code == ENOENT {
                continue
            }
        }
        return ""
    }

    private func forkOften() throws -> String {
        let spawner = ZygoteSpawner(template: SpawnRequest())
        for _ in 0..<300 {
            let fixture = try FixtureProcess(spawner: spawner)
            if try fixture.ask(.describe) == nil { return "no answer" }
            fixture.child.killGroup()
            if try fixture.status() != .signaled(SIGKILL, coreDumped: false) { return "no status" }
        }
        guard case .forking = spawner.state else { return "\(spawner.state)" }
        return ""
    }

    private func exchangeOften() throws -> String {
        for round in 0..<50 { try exchange(round) }
        return ""
    }

    /// Sends descriptors that are taken, left, never received, never sent, cut short and refused.
    private func exchange(_ round: Int) throws {
        let ends = try SocketEnds(.queued(maximumBytes: 1 << 20))
        let file = try Wakeup()
        let attached = [file.descriptor, file.descriptor, file.descriptor]
        switch round % 5 {
        case 0:
            try ends.near.send(kind: 1, descriptors: attached)
            _ = try ends.far.receive { _ = $0.takeDescriptor() }
        case 1:
            try ends.near.send(kind: 1, descriptors: attached)
        case 2:
            while ends.near.pendingOutput < 400_000 {
                try ends.near.send(kind: 1, payload: .init(repeating: 0, count: 50_000), descriptors: attached)
            }
        case 3:
            try ends.near.send(kind: 1, payload: .init(repeating: 0, count: 1 << 19), descriptors: attached)
            _ = try ends.far.receive { _ in }
        default:
            _ = try? ends.near.send(kind: 1, payload: .init(repeating: 0, count: 2 << 20), descriptors: attached)
            _ = try? ends.near.send(kind: 1, descriptors: [-1])
        }
    }

    /// Starts a child whose descriptors each stand where another belongs.
    private func collide() throws -> String {
        let saved = (0..<4).map { fcntl($0, F_DUPFD_CLOEXEC, 100) }
        defer {
            for (place, copy) in saved.enumerated() {
                _ = dup2(copy, Int32(place))
                close(copy)
            }
        }
        var sockets = try DescriptorPair.sockets()
        var out = try DescriptorPair.pipe()
        var err = try DescriptorPair.pipe()
        guard let ours = sockets.first.take(), let theirs = sockets.second.take(), let outReader = out.first.take(),
            let outWriter = out.second.take(), let errReader = err.first.take(), let errWriter = err.second.take()
        else { return "no descriptors" }
        _ = (dup2(theirs.rawValue, 0), dup2(outWriter.rawValue, 2), dup2(errWriter.rawValue, 3))
        var request = SpawnRequest(mode: .fixture, name: "fixture", control: 0)
        request.standardOutput = 2
        request.standardError = 3
        let fixture = try FixtureProcess(child: ProcessSpawner().spawn(request), socket: ControlSocket(adopting: ours))
        _ = try fixture.ask(.writeStreams)
        let open = try fixture.ask(.listDescriptors)
        if open != "0 1 2 3" { return "the child has \(open ?? "ended")" }
        return readText(outReader) == "out" && readText(errReader) == "err" ? "" : "the streams are mixed up"
    }

    private func readText(_ descriptor: borrowing FileDescriptor) -> String {
        var bytes = [UInt8](repeating: 0, count: 10)
        let count = unsafe read(descriptor.rawValue, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
