import EphemeralPostgres
import PostgresClient
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct WarmPoolTests {
    @Test func `every taker gets a server of its own, with the schema in it`() async throws {
        var options = PostgresOptions()
        options.schema = [.text("CREATE TABLE t (a int)")]
        let directories = try await withPostgresWarmPool(options, size: 2) { pool in
            try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        try await pool.withServer { server in
                            let connection = try server.connect()
                            try connection.execute("INSERT INTO t VALUES (\(number))")
                            #expect(try connection.query("SELECT a FROM t").map { $0[0] } == ["\(number)"])
                            return server.parameters.host
                        }
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
        }
        #expect(directories.count == 4)
        for directory in directories { #expect(!Files.exists(directory)) }
    }

    @Test func `a server that died while it waited is not handed over`() async throws {
        try await withPostgresWarmPool(size: 1) { pool in
            let first = try await pool.take()
            defer { first.stop() }
            let pid = try #require(first.processID)
            try await pool.withServer { server in
                #expect(server.processID != pid)
            }
        }
    }

    @Test func `a server comes with a connection, which nobody sees who is told its address`() async throws {
        try await withPostgresWarmPool(size: 1) { pool in
            let count = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            try await pool.withServer { server in
                let first = try server.connect()
                let second = try server.connect()
                #expect(first.serverProcess != second.serverProcess)
                #expect(try second.query(count)[0][0] == "2")
            }
            try await pool.withServer { server in
                let connection = try PostgresConnection(server.parameters)
                // It fails while anybody else is connected.
                try connection.execute("CREATE DATABASE other TEMPLATE postgres")
                #expect(try server.connect().serverProcess != connection.serverProcess)
            }
        }
    }

    @Test func `a connection that has broken while it waited is replaced`() async throws {
        var options = PostgresOptions()
        options.settings = ["idle_session_timeout": "1ms"]
        try await withPostgresWarmPool(options, size: 1) { pool in
            let server = try await pool.take()
            defer { server.stop() }
            var ended: Int32?
            while ended == nil {
                // As in "… [123] FATAL:  terminating connection due to idle-session timeout".
                let line = server.logTail().split(separator: "\n").first { $0.contains("idle-session timeout") }
                ended = line?.split(separator: "[").last?.split(separator: "]").first.flatMap { Int32($0) }
                await Task.yield()
            }
            let process = try #require(ended)
            #expect(Processes.waitForEnd(process))
            // The next one may end as quickly, but is another one.
            #expect(try server.connect().serverProcess != process)
        }
    }

    @Test func `a failed start fails the taker, and a cancelled one leaves the queue`() async throws {
        var options = PostgresOptions()
        options.settings = ["no_such_setting": "1"]
        try await withPostgresWarmPool(options, size: 1) { pool in
            _ = await #expect(throws: EphemeralPostgresError.self) { try await pool.take() }
        }
        let pool = PostgresWarmPool(size: 1)
        let task = Task { try await pool.take() }
        task.cancel()
        if let server = try? await task.value { server.stop() }
        await pool.shutDown()
        let error = await #expect(throws: EphemeralPostgresError.self) { try await pool.take() }
        #expect(error?.code == .stopped)
    }
}

struct WarmPoolStateTests {
    private typealias State = WarmPoolState<Int, String>

    private func text(_ actions: [State.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .start: "start"
            case .handOver(let server, let waiter): "\(waiter) gets \(server)"
            case .fail(let waiter, _): "\(waiter) fails"
            case .refuse(let waiter): "\(waiter) is refused"
            case .stop(let server): "stop \(server)"
            }
        }
    }

    @Test func `keeps as many ready as it is told, starting only so many at once`() {
        var state = State(size: 3, mostStarting: 2)
        #expect(text(state.fill()) == ["start", "start"])
        #expect(text(state.started(1)) == ["start"])
        #expect(text(state.started(2)) == [])
        #expect(text(state.started(3)) == [])
        #expect(state.readyCount == 3)
        #expect(text(state.take("a", number: 1)) == ["a gets 1", "start"])
    }

    @Test func `takers wait in order`() {
        var state = State(size: 1, mostStarting: 1)
        #expect(text(state.fill()) == ["start"])
        #expect(text(state.take("a", number: 1)) == [])
        #expect(text(state.take("b", number: 2)) == [])
        #expect(state.giveUp(number: 1) == "a")
        #expect(state.giveUp(number: 1) == nil)
        #expect(text(state.started(7)) == ["b gets 7", "start"])
    }

    @Test func `a failed start is told to one taker and tried again for the others`() {
        struct Failure: Error {}
        var state = State(size: 1, mostStarting: 1)
        _ = state.fill()
        _ = state.take("a", number: 1)
        _ = state.take("b", number: 2)
        #expect(text(state.failed(Failure())) == ["a fails", "start"])
        #expect(text(state.failed(Failure())) == ["b fails"])
        #expect(text(state.take("c", number: 3)) == ["start"])
    }

    @Test func `closing stops what is ready and what comes later`() {
        var state = State(size: 2, mostStarting: 2)
        _ = state.fill()
        _ = state.started(1)
        #expect(text(state.close()) == ["stop 1"])
        #expect(!state.isQuiet)
        #expect(text(state.take("a", number: 1)) == ["a is refused"])
        #expect(text(state.started(2)) == ["stop 2"])
        #expect(state.isQuiet)
    }
}
