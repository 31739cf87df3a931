import EphemeralPostgres
import Foundation
import PostgresClient
import Sennit
import SennitCommands
import Testing

/// `sennit postgres` where the environment leads to another server: that one is not touched.
@Suite(.timeLimit(.minutes(10)))
struct ForeignServerTests {
    /// What each run does with its own server: a script that drops, psql, and a dump.
    private static let work = """
        "$BIN/psql" -qAt -c "SELECT a FROM t" && "$BIN/psql" -q -c "DROP TABLE t; CREATE TABLE t (a text)" \
        && "$BIN/pg_dump" | grep -c "CREATE TABLE public.t" && echo "$PGHOST"
        """

    @Test func `no variable leads a script or a command to another server`() async throws {
        let folder = "\(FileManager.default.temporaryDirectory.path)/sennit-foreign-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var options = PostgresOptions()
        options.tcp = true
        options.schema = [.text("CREATE TABLE t (a text); INSERT INTO t VALUES ('foreign')")]
        try await withPostgres(options) { foreign in
            let schema = folder + "/drop.sql"
            try "DROP TABLE IF EXISTS t; CREATE TABLE t (a text); INSERT INTO t VALUES ('own');"
                .write(toFile: schema, atomically: true, encoding: .utf8)
            for variables in try Self.environments(foreign, folder) {
                var environment = variables.mapValues { Optional($0) }
                environment["BIN"] = foreign.binariesDirectory
                let ended = try await ProgramRun.run(
                    ["postgres", "--schema", schema, "--", "sh", "-c", Self.work], environment: environment
                ) { $0.readToEnd() }
                #expect(ended.status == .exited(0), "\(variables): \(ended.notes)")
                let lines = ended.output.split(separator: "\n")
                #expect(lines.prefix(2) == ["own", "1"], "\(variables): \(ended.output) \(ended.notes)")
                #expect(ended.notes == "", "\(variables)")
                #expect(lines.last.map(String.init) != foreign.parameters.host)
            }
            #expect(try foreign.connect().query("SELECT a FROM t")[0][0] == "foreign")
        }
    }

    @Test func `with TCP a command gets an address without a Unix socket, and the password`() async throws {
        let script = "echo $PGHOST; psql -qAt -c 'SELECT inet_server_addr()'; psql -qAt \"$DATABASE_URL\" -c 'SELECT 1'"
        let ended = try await ProgramRun.run(["postgres", "--tcp", "--", "sh", "-c", script]) { $0.readToEnd() }
        #expect(ended.status == .exited(0), "\(ended.notes)")
        #expect(ended.output == "127.0.0.1\n127.0.0.1\n1\n", "\(ended.output) \(ended.notes)")
    }

    /// Variables, alone or with those that make them work, that lead to the foreign server or away from one's own.
    private static func environments(_ foreign: PostgresServer, _ folder: String) throws -> [[String: String]] {
        let tcp = try #require(foreign.tcpParameters)
        let password = tcp.password ?? ""
        let service = """
            [foreign]
            host=127.0.0.1
            hostaddr=127.0.0.1
            port=\(tcp.port)
            user=postgres
            dbname=postgres
            password=\(password)

            """
        try service.write(toFile: folder + "/.pg_service.conf", atomically: true, encoding: .utf8)
        try "\\c 'host=127.0.0.1 port=\(tcp.port) user=postgres dbname=postgres password=\(password)'\n"
            .write(toFile: folder + "/.psqlrc", atomically: true, encoding: .utf8)
        try "*:*:*:*:\(password)\n".write(toFile: folder + "/.pgpass", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/.pgpass")
        let address = ["PGHOSTADDR": "127.0.0.1", "PGPORT": "\(tcp.port)", "PGPASSWORD": password]
        return [
            address, foreign.environment, ["HOME": folder], ["HOME": folder, "PGSERVICE": "foreign"],
            ["PGSERVICE": "foreign", "PGSERVICEFILE": folder + "/.pg_service.conf"], ["PGSERVICE": "unknown"],
            ["PGHOSTADDR": "127.0.0.1", "PGPORT": "\(tcp.port)", "PGPASSFILE": folder + "/.pgpass"],
            ["PSQLRC": folder + "/.psqlrc"], ["PGOPTIONS": "-c search_path=nowhere"], ["PGTZ": "nonsense"],
            ["PGUSER": "nobody", "PGDATABASE": "nowhere", "PGSSLMODE": "require", "PGGSSENCMODE": "require"],
            ["PGDATESTYLE": "nonsense", "PGGEQO": "nonsense", "PGREQUIREPEER": "nobody", "PGDATA": "/nowhere"],
            ["PGCLIENTENCODING": "SQL_ASCII", "PGTARGETSESSIONATTRS": "standby", "PGCHANNELBINDING": "require"],
        ]
    }
}
