import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PoolLives {
    /// A worker, or the parent, has no descriptor or no memory left: it says so at once, and what can go on does.
    @Suite struct ShortageTests {
        @Test(arguments: [Shortage.descriptors, .addressSpace])
        func `a worker without room for its arguments says so at once, and is replaced`(what: Shortage) async throws {
            let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 2, options: quickOptions())
            let gate = try Gate()
            // Until it ends, the worker has ended no task, and is not replaced yet.
            let holder = try await pool.submit(UseUp(what: what, gate: gate))
            let first = try await holder.runningProcess()
            let buffer = try SharedBuffer(byteCount: 1 << 30)
            let start = ContinuousClock.now
            let error = try await pool.failure(of: Measure(buffer: buffer))
            #expect(ContinuousClock.now - start < .seconds(5), "it waited for what could not come")
            #expect((error as? PoolError)?.code == .systemCallFailed, "\(error)")
            #expect("\(error)".contains(what == .descriptors ? "ulimit -n" : "ulimit -v"), "\(error)")
            let open = gate.open()
            #expect(try await holder.value == first)
            // It fails once more, or is taken back before it has started; then there is a worker that has room.
            _ = await pool.result(of: Measure(buffer: buffer))
            #expect(try await pool.run(Measure(buffer: buffer)) == 1 << 30)
            #expect(try await pool.run(WhoAmI()) != first)
            #expect(pool.statistics.workersDied == 0)
            withExtendedLifetime(open) {}
            gate.remove()
            await pool.shutDown()
        }

        @Test func `a payload that a worker cannot take over fails its task at once, with the limit's value`()
            async throws
        {
            let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 2, options: quickOptions())
            let gate = try Gate()
            let holder = try await pool.submit(UseUp(what: .descriptors, gate: gate))
            _ = try await holder.runningProcess()
            let start = ContinuousClock.now
            let error = try await pool.failure(of: CountBytes(bytes: [UInt8](repeating: 1, count: 3 << 20)))
            #expect(ContinuousClock.now - start < .seconds(5), "it waited for what could not come")
            #expect("\(error)".contains("64 open files"), "\(error)")
            let open = gate.open()
            _ = try await holder.value
            withExtendedLifetime(open) {}
            gate.remove()
            await pool.shutDown()
        }

        @Test func `neighbours of a task that meets a shortage are not lost`() async throws {
            let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 2, options: quickOptions())
            _ = try await pool.run(UseUp(what: .descriptors))
            let gate = try Gate()
            let neighbour = try await pool.submit(Hold(gate: gate, number: 7))
            _ = try await neighbour.runningProcess()
            let large = try await pool.submit(CountBytes(bytes: [UInt8](repeating: 1, count: 3 << 20)))
            var others: [TaskHandle<Int>] = []
            for number in 0..<20 { others.append(try await pool.submit(Echo(value: number))) }
            let open = gate.open()
            #expect(try await neighbour.value == 7)
            for (number, handle) in others.enumerated() { #expect(try await handle.value == number) }
            _ = await large.result
            #expect(pool.statistics.lostToDeaths == 0)
            withExtendedLifetime(open) {}
            gate.remove()
            await pool.shutDown()
        }

        @Test func `a limit on file sizes in a worker costs speed, and a shared buffer an error`() async throws {
            let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions())
            let process = try await pool.run(UseUp(what: .fileSizes))
            #expect(try await pool.run(MakeBytes(count: 3 << 20)).count == 3 << 20)
            let error = try await pool.failure(of: AllocateShared(byteCount: 3 << 20))
            #expect("\(error)".contains("ulimit -f"), "\(error)")
            #expect(try await pool.run(WhoAmI()) == process)
            await pool.shutDown()
        }

        @Test func `a limit on file sizes in the parent is an error that names it`() async {
            await #expect(processExitsWith: .success) {
                let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions())
                try await pool.start()
                Shortage.limit(.fileSizes)
                do {
                    _ = try SharedBuffer(byteCount: 3 << 20)
                    fatalError("made")
                } catch {
                    insist((error as? PoolError)?.code == .systemCallFailed, "\(error)")
                    insist("\(error)".contains("ulimit -f"), "\(error)")
                }
                let bytes = [UInt8](repeating: 1, count: 3 << 20)
                insist(try await pool.run(CountBytes(bytes: bytes)) == bytes.count, "payloads")
                await pool.shutDown()
                let second = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions())
                let error = try await second.failure(of: Echo(value: 1))
                insist("\(error)".contains("ulimit -f"), "\(error)")
                await second.shutDown()
                exit(0)
            }
        }

        @Test func `a shared buffer beyond the control group's memory is an error, not the end of the process`()
            async throws
        {
            guard let group = LimitedGroup(bytes: 96 << 20) else {
                print("skipped: a control group with a limit needs the right to make one")
                return
            }
            let directory = group.directory
            await #expect(processExitsWith: .success) { [directory = directory as String] in
                insist(LimitedGroup.enter(directory), "it cannot enter")
                let small = try SharedBuffer(byteCount: 8 << 20)
                _ = unsafe small.withUnsafeMutableBytes { unsafe $0.initializeMemory(as: UInt8.self, repeating: 1) }
                do {
                    let large = try SharedBuffer(byteCount: 512 << 20)
                    _ = unsafe large.withUnsafeMutableBytes { unsafe $0.initializeMemory(as: UInt8.self, repeating: 1) }
                    fatalError("made")
                } catch {
                    insist((error as? PoolError)?.code == .systemCallFailed, "\(error)")
                    insist("\(error)".contains(directory), "\(error)")
                }
                exit(0)
            }
            group.remove()
        }
    }
}

/// Leaves its worker without something, says so, and waits at a gate if there is one.
struct UseUp: PoolTask {
    var what: Shortage
    var gate: Gate?

    func run(in context: NoContext) -> Int32 {
        // Opening a gate takes a descriptor.
        let spare = dup(0)
        Shortage.limit(what)
        TaskContext.current?.reportProcess()
        if let gate {
            close(spare)
            gate.pass()
            // The gate's descriptor is free again.
            if what == .descriptors { while dup(0) >= 0 {} }
        }
        return getpid()
    }
}

enum Shortage: String, Codable {
    case descriptors, addressSpace, fileSizes

    /// Puts a limit on this process.
    static func limit(_ what: Shortage) {
        switch what {
        case .descriptors:
            Limits.set(Limits.descriptors, 64)
            while dup(0) >= 0 {}
        case .addressSpace:
            // Half a gigabyte more than it has.
            let pages = (try? ProcFile.contents(of: "/proc/self/statm")).flatMap { $0.split(separator: " ").first }
            Limits.set(RLIMIT_AS.rawValue, rlim_t(pages.flatMap { UInt64($0) } ?? 0) * 4096 + 1 << 29)
        case .fileSizes:
            Limits.set(RLIMIT_FSIZE.rawValue, 1 << 20)
        }
    }
}

/// Says how long a buffer is.
struct Measure: PoolTask {
    var buffer: SharedBuffer
    func run(in context: NoContext) -> Int { buffer.byteCount }
}

/// Makes a buffer.
struct AllocateShared: PoolTask {
    var byteCount: Int
    func run(in context: NoContext) throws -> SharedBuffer { try SharedBuffer(byteCount: byteCount) }
}

/// A control group under the one of this process, where that is allowed.
struct LimitedGroup {
    let directory: String

    /// Makes a group whose processes may have so many bytes.
    init?(bytes: Int) {
        for (parent, file) in [("/sys/fs/cgroup", "memory.max"), ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")] {
            let directory = "\(parent)/sennit-test-\(getpid())"
            guard unsafe mkdir(directory, 0o755) == 0 else { continue }
            if Self.write("\(bytes)", to: "\(directory)/\(file)") {
                self.directory = directory
                return
            }
            unsafe rmdir(directory)
        }
        return nil
    }

    /// Has this process enter a group.
    static func enter(_ directory: String) -> Bool { write("\(getpid())", to: "\(directory)/cgroup.procs") }

    func remove() { unsafe rmdir(directory) }

    private static func write(_ text: String, to path: String) -> Bool {
        let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        return unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count
    }
}
