import EphemeralPostgres
import PostgresClient
import Sennit
import Testing

@Suite struct StartTests {
    @Test func `a server answers within its scope and is gone after it`() async throws {
        let (path, pid, guardian) = try await withPostgres { server in
            let connection = try server.connect()
            #expect(try connection.query("SELECT 1")[0][0] == "1")
            #expect(try connection.query("SHOW fsync")[0][0] == "off")
            #expect(try connection.query("SHOW listen_addresses")[0][0] == "")
            #expect(try connection.query("SELECT current_setting('TimeZone')")[0][0] == "UTC")
            #expect(try connection.query("SHOW server_encoding")[0][0] == "UTF8")
            #expect(server.tcpParameters == nil)
            return (server.parameters.host, try #require(server.processID), server.guardianProcessID)
        }
        #expect(!Files.exists(path))
        #expect(!Processes.exists(pid))
        #expect(!Processes.exists(guardian))
    }

    @Test func `a scope that throws ends its server too`() async throws {
        struct Failure: Error {}
        var path = ""
        await #expect(throws: Failure.self) {
            try await withPostgres { server in
                path = server.parameters.host
                throw Failure()
            }
        }
        #expect(!path.isEmpty)
        #expect(!Files.exists(path))
    }

    @Test func `two servers at the same time know nothing of each other`() async throws {
        try await withPostgres { one in
            try await withPostgres { other in
                #expect(one.parameters.host != other.parameters.host)
                try one.connect().execute("CREATE TABLE t ()")
                #expect(throws: PostgresError.self) { try other.connect().query("SELECT * FROM t") }
            }
            #expect(try one.connect().query("SELECT count(*) FROM t")[0][0] == "0")
        }
    }

    @Test func `TCP takes a password, on a port that the system chose`() async throws {
        var options = PostgresOptions()
        options.tcp = true
        try await withPostgres(options) { server in
            var parameters = try #require(server.tcpParameters)
            #expect(try PostgresConnection(parameters).query("SELECT 1")[0][0] == "1")
            parameters.password = "wrong"
            let error = try #require(throws: PostgresError.self) { try PostgresConnection(parameters) }
            #expect(error.code == .connectionFailed)
        }
    }

    @Test func `the options reach the server`() async throws {
        var options = PostgresOptions()
        options.storage = .disk
        options.keepsTemplateDatabases = true
        options.settings = ["work_mem": "7MB", "fsync": "on"]
        options.maxConnections = 9
        try await withPostgres(options) { server in
            let connection = try server.connect()
            #expect(try connection.query("SHOW work_mem")[0][0] == "7MB")
            #expect(try connection.query("SHOW fsync")[0][0] == "on")
            #expect(try connection.query("SHOW max_connections")[0][0] == "9")
            try connection.execute("CREATE DATABASE other")
        }
    }

    @Test func `a wrong setting is an error with the server's own words`() async throws {
        var options = PostgresOptions()
        options.settings = ["no_such_setting": "1"]
        let error = await #expect(throws: EphemeralPostgresError.self) { try await withPostgres(options) { _ in } }
        #expect(error?.code == .startFailed)
        #expect(error?.log.contains("no_such_setting") == true)
    }

    @Test func `a schema is loaded before the server is handed over`() async throws {
        var options = PostgresOptions()
        options.schema = [.text("CREATE TABLE a (n int);"), .text("INSERT INTO a VALUES (1), (2)")]
        try await withPostgres(options) { server in
            let value = try server.connect().query("SELECT sum(n) FROM a")[0][0]
            #expect(value == "3")
        }
    }

    @Test func `an error in a schema names its file and line, and leaves nothing`() async throws {
        let directory = try Files.makeDirectory()
        defer { Files.remove(directory) }
        let path = directory + "/schema.sql"
        try Files.write("CREATE TABLE a (n int);\n\n-- ü\nCREATE TABLE b (\n  ü text, n nonsense\n);\n", to: path)
        var options = PostgresOptions()
        options.schema = [.file(path)]
        let error = await #expect(throws: EphemeralPostgresError.self) { try await withPostgres(options) { _ in } }
        #expect(error?.code == .scriptFailed)
        #expect(error?.message.contains("schema.sql, line 5: type \"nonsense\" does not exist") == true)
        #expect(error?.cause?.sqlState == "42704")
    }

    @Test func `a task that is cancelled while its server starts gets no server`() async throws {
        let task = Task { try await withPostgres { _ in true } }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // Cancelled somewhere in the middle of it.
        let other = Task {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask { try await withPostgres { _ in true } }
                await Task.yield()
                group.cancelAll()
                return try await group.next() ?? false
            }
        }
        // It may have been too late for that.
        if case .failure(let error) = await other.result { #expect(error is CancellationError, "\(error)") }
    }

    @Test func `a server that is stopped refuses connections and can be stopped again`() async throws {
        let server = try await PostgresServer.start()
        server.stop()
        server.stop()
        let error = try #require(throws: EphemeralPostgresError.self) { try server.connect() }
        #expect(error.code == .stopped)
    }

    @Test func `the files stay where they are when they are kept`() async throws {
        let server = try await PostgresServer.start()
        let path = server.stop(keepingFiles: true)
        defer { Files.remove(path) }
        #expect(Files.exists(path + "/data/PG_VERSION"))
        #expect(Files.names(in: path) == ["data", "log"])
        // What was in the server's memory is in its files.
        #expect(server.logTail().contains("received fast shutdown request"))
        // The next start removes what it takes for a dead owner's.
        try await withPostgres { _ in }
        #expect(Files.exists(path + "/data/PG_VERSION"))
    }

    @Test func `what a server says about itself is read`() {
        let whole = PostmasterFile(
            "123\n/a/data\n1700000000\n5432\n/a\n\n  5432001     32777\nready   \n")
        #expect(whole.process == 123)
        #expect(whole.sharedMemory == 32777)
        #expect(whole.status == "ready")
        #expect(PostmasterFile("123\n/a").status == "")
        #expect(PostmasterFile("").process == nil)
    }
}
