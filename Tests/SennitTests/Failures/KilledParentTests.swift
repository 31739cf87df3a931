import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PoolLives {
    /// The process that owns a pool ends, in one way or another; nothing of the pool may outlive it.
    @Suite struct KilledParentTests {
        @Test(arguments: [PoolOptions.StartMethod.spawn, .zygote])
        func `a parent killed while tasks run leaves nobody, not even what tasks have started`(
            method: PoolOptions.StartMethod
        ) async throws {
            let forks = method == .zygote
            let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
                [forks = forks as Bool] in
                let pool = try ProcessThreadPool(
                    processes: 2, threadsPerProcess: 2,
                    options: quickOptions { $0.startMethod = forks ? .zygote : .spawn })
                try await Family.sayBusyWorkers(of: pool)
                kill(getpid(), SIGKILL)
            }
            try await Family.expectGone(result, atLeast: 6)
        }

        @Test func `a parent killed while its pool is idle leaves nobody`() async throws {
            let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
                let pool = try ProcessThreadPool(processes: 3, threadsPerProcess: 2, options: quickOptions())
                try await pool.start()
                Family.say(pool.statistics.processIDs.compactMap { $0 })
                kill(getpid(), SIGKILL)
            }
            try await Family.expectGone(result, atLeast: 3)
        }

        @Test func `a parent that exits without shutting down leaves nobody`() async throws {
            let result = await #expect(processExitsWith: .exitCode(4), observing: [\.standardOutputContent]) {
                let pool = try ProcessThreadPool(processes: 2, threadsPerProcess: 2, options: quickOptions())
                try await Family.sayBusyWorkers(of: pool)
                exit(4)
            }
            try await Family.expectGone(result, atLeast: 6)
        }

        @Test func `a parent that traps leaves nobody`() async throws {
            let result = await #expect(processExitsWith: .failure, observing: [\.standardOutputContent]) {
                let pool = try ProcessThreadPool(processes: 2, threadsPerProcess: 2, options: quickOptions())
                try await Family.sayBusyWorkers(of: pool)
                fatalError("the parent is done")
            }
            try await Family.expectGone(result, atLeast: 6)
        }

        @Test func `a parent killed while a worker runs a pool of its own leaves neither pool`() async throws {
            let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
                let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions())
                let nested = try await pool.submit(RunNestedPool(hangs: true))
                for await progress in nested.progress {
                    Family.say([Int32(progress.completed)] + progress.processes)
                    break
                }
                kill(getpid(), SIGKILL)
            }
            try await Family.expectGone(result, atLeast: 3)
        }

        @Test func `Ctrl-C reaches the parent alone, which decides`() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
                // As a program at a terminal: the leader of the group that the key addresses.
                setpgid(0, 0)
                StandardError.write("begin\n")
                signal(SIGINT, SIG_IGN)
                let gate = try Gate()
                let options = quickOptions { $0.standardError = .forward }
                let pool = try ProcessThreadPool(processes: 2, threadsPerProcess: 1, options: options)
                var held: [TaskHandle<Int>] = []
                for number in 0..<2 { held.append(try await pool.submit(Hold(gate: gate, number: number))) }
                var processes: [Int32] = []
                for handle in held { processes.append(try await handle.runningProcess()) }
                insist(kill(0, SIGINT) == 0, "kill")
                let open = gate.open()
                for (number, handle) in held.enumerated() { insist(try await handle.value == number, "value") }
                insist(processes.contains(try await pool.run(WhoAmI())), "a worker was replaced")
                insist(pool.statistics.workersDied == 0, "a worker died")
                await pool.shutDown()
                withExtendedLifetime(open) {}
                gate.remove()
                exit(0)
            }
            let words = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
            // Before it come bytes of the testing library's own.
            #expect(words.hasSuffix("begin\n"), "workers said: \(words)")
        }

        @Test func `Ctrl-C that ends the parent ends the workers, without a trace`() async throws {
            let result = await #expect(
                processExitsWith: .signal(SIGINT), observing: [\.standardOutputContent, \.standardErrorContent]
            ) {
                setpgid(0, 0)
                StandardError.write("begin\n")
                signal(SIGINT, SIG_DFL)
                let options = quickOptions { $0.standardError = .forward }
                let pool = try ProcessThreadPool(processes: 2, threadsPerProcess: 2, options: options)
                try await Family.sayBusyWorkers(of: pool)
                kill(0, SIGINT)
                // It ends by the signal, whichever thread gets it.
                while true { pause() }
            }
            try await Family.expectGone(result, atLeast: 6)
            let words = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
            // Before it come bytes of the testing library's own.
            #expect(words.hasSuffix("begin\n"), "workers said: \(words)")
        }
    }
}

/// Processes whose numbers one process says on its standard output, for another to look at.
enum Family {
    /// Gives every thread of the pool something that does not end, some of it with a process of its own.
    static func sayBusyWorkers(of pool: ProcessThreadPool<NoContext>) async throws {
        var processes: [Int32] = []
        for distance in [Grandchild.Distance.group, .ownGroup] {
            let parent = try await pool.submit(HangWithGrandchild(distance: distance))
            for await progress in parent.progress {
                processes += [Int32(progress.completed), Int32(progress.total ?? 0)]
                break
            }
            processes.append(try await pool.submit(Hang(way: .block)).runningProcess())
        }
        say(processes)
    }

    static func say(_ processes: [Int32]) {
        StandardOutput.write("family \(processes.map(String.init).joined(separator: " ")) end\n")
    }

    /// Checks that all whose numbers were said are gone.
    static func expectGone(_ result: ExitTest.Result?, atLeast count: Int) async throws {
        let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        let words = text.split(whereSeparator: \.isWhitespace)
        let first = try #require(words.firstIndex(of: "family"), "\(text)")
        let processes = words[(first + 1)...].prefix { $0 != "end" }.compactMap { Int32($0) }
        #expect(processes.count >= count)
        #expect(processes.allSatisfy { $0 > 0 })
        // The kernel tells them within microseconds; a busy machine gets a second.
        let areGone = await Processes.areGone(processes, within: 1)
        #expect(areGone, "\(processes.filter(Processes.isAlive)) live")
    }
}

extension TaskProgress {
    /// The numbers in the message.
    var processes: [Int32] { message.split(separator: " ").compactMap { Int32($0) } }
}
