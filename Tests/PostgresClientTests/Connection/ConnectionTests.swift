import EphemeralPostgres
import Foundation
import PostgresClient
import Sennit
import Testing

@Suite struct ConnectionTests {
    @Test func `rows come as text, with names and nulls`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            let rows = try connection.query(
                "SELECT $1::int + 1 AS n, $2::text AS missing, 'ü' AS text UNION SELECT 3, 'x', '' ORDER BY n DESC",
                ["41", nil])
            #expect(rows.columns.map(\.name) == ["n", "missing", "text"])
            #expect(rows.columns[0].typeNumber == 23)
            #expect(rows.map { row in [row[0], row[1], row[2]] } == [["42", nil, "ü"], ["3", "x", ""]])
            #expect(try rows[0].text("n") == "42")
            #expect(rows[0].withBytes(2) { $0?.byteCount } == 2)
            #expect(rows[0].withBytes(1) { $0?.byteCount } == nil)
            let error = #expect(throws: PostgresError.self) { try rows[0].text("nope") }
            #expect(error?.code == .misuse)
            #expect(try connection.query("CREATE TABLE t (a int)").isEmpty)
            #expect(try connection.execute("INSERT INTO t VALUES ($1), ($2)", ["1", nil]) == 2)
            #expect(try connection.execute("UPDATE t SET a = 2 WHERE a = 1; DELETE FROM t") == 2)
            #expect(connection.serverVersion >= 100_000)
        }
    }

    @Test func `an error has the server's code, words and place`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            let syntax = #expect(throws: PostgresError.self) { try connection.query("SELECT nope FROM pg_class") }
            #expect(syntax?.code == .server)
            #expect(syntax?.sqlState == "42703")
            #expect(syntax?.message == "column \"nope\" does not exist")
            #expect(syntax?.position == 8)
            #expect(syntax?.statementStart == "SELECT nope FROM pg_class")
            try connection.execute("CREATE TABLE t (a int PRIMARY KEY); INSERT INTO t VALUES (1)")
            let key = #expect(throws: PostgresError.self) { try connection.execute("INSERT INTO t VALUES (1)") }
            #expect(key?.sqlState == "23505")
            #expect(key?.detail == "Key (a)=(1) already exists.")
            let hint = #expect(throws: PostgresError.self) { try connection.execute("SELECT t.b FROM t AS u") }
            #expect(hint?.hint != nil)
            // The connection is as good as before.
            #expect(try connection.query("SELECT count(*) FROM t")[0][0] == "1")
            #expect(!connection.isInTransaction)
            try connection.execute("BEGIN")
            #expect(connection.isInTransaction)
        }
    }

    @Test func `what cannot be sent is refused`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            for attempt in [
                { try connection.query("SELECT 1\0; more") }, { try connection.query("SELECT $1", ["a\0b"]) },
                { try connection.query("COPY (SELECT 1) TO STDOUT") },
                { try connection.query("SELECT 1", Array(repeating: "1", count: 70_000)) },
            ] {
                let error = #expect(throws: PostgresError.self) { _ = try attempt() }
                #expect(error?.code == .misuse)
            }
            let copy = #expect(throws: PostgresError.self) { try connection.execute("COPY pg_class FROM STDIN") }
            #expect(copy != nil)
            #expect(try connection.query("SELECT 1")[0][0] == "1")
            connection.close()
            connection.close()
            let closed = #expect(throws: PostgresError.self) { try connection.query("SELECT 1") }
            #expect(closed?.message == "the connection is closed")
        }
    }

    @Test func `nobody listening is an error at once`() {
        let parameters = PostgresParameters(host: "/nowhere", user: "a", database: "b")
        let error = #expect(throws: PostgresError.self) { try PostgresConnection(parameters) }
        #expect(error?.code == .connectionFailed)
        #expect(error?.message.contains("/nowhere/.s.PGSQL.5432") == true)
    }

    @Test func `another thread cancels a query`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            let cancellation = try connection.cancellation()
            let watcher = try server.connect()
            let process = connection.serverProcess
            let isAsleep = "SELECT count(*) FROM pg_stat_activity WHERE pid = \(process) AND wait_event = 'PgSleep'"
            // A thread, not a task: the query below blocks one of the few threads that tasks have.
            Thread.detachNewThread { [watcher = Handed(watcher)] in
                while let rows = try? watcher.connection.query(isAsleep), rows[0][0] != "1" {}
                try? cancellation.cancel()
            }
            let error = #expect(throws: PostgresError.self) { try connection.query("SELECT pg_sleep(50)") }
            #expect(error?.isCancellation == true)
            #expect(try connection.query("SELECT 1")[0][0] == "1")
        }
    }
}

/// A connection that another thread uses from now on, and no other.
private final class Handed: @unchecked Sendable {
    let connection: PostgresConnection
    init(_ connection: PostgresConnection) { self.connection = connection }
}
