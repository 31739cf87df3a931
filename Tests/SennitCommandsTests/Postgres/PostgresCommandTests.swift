import Glibc
import Sennit
import SennitCommands
import Testing

/// `sennit postgres`, from outside.
@Suite(.timeLimit(.minutes(5)))
struct PostgresCommandTests {
    @Test func `a command finds the server, and its exit code is the program's`() async throws {
        let script = """
            test -S "$PGHOST/.s.PGSQL.$PGPORT" && echo "$PGUSER $PGDATABASE" && echo "$DATABASE_URL" && exit 7
            """
        let ended = try await ProgramRun.run(["postgres", "--", "sh", "-c", script]) { $0.readToEnd() }
        #expect(ended.status == .exited(7), "\(ended.notes)")
        #expect(ended.output.hasPrefix("postgres postgres\npostgresql://postgres@/postgres?host="))
        #expect(ended.survivors == [])
    }

    @Test(arguments: [["--json"], ["--print"]])
    func `the address is printed and the server runs until it is told to end`(options: [String]) async throws {
        let ended = try await ProgramRun.run(["postgres"] + options) { run in
            run.readLine()
            run.signal(SIGINT)
            run.readToEnd()
        }
        #expect(ended.status == .exited(0), "\(ended.notes)")
        #expect(ended.output.contains("postgresql://postgres@/postgres?host="))
        #expect(ended.output.split(separator: "\n").count == 1)
        #expect(ended.survivors == [])
    }

    @Test func `a schema that is wrong ends the program with its line`() async throws {
        let ended = try await ProgramRun.run(["postgres", "--schema", "/no/such/schema.sql", "--", "true"]) {
            $0.readToEnd()
        }
        #expect(ended.status == .exited(1))
        #expect(ended.notes.contains("there is no file /no/such/schema.sql"))
        #expect(ended.survivors == [])
    }

    @Test(arguments: [["--json", "--", "true"], ["--set", "nonsense"]])
    func `arguments that make no sense are refused`(arguments: [String]) async throws {
        let ended = try await ProgramRun.run(["postgres"] + arguments) { $0.readToEnd() }
        #expect(ended.status == .exited(64))
    }

    @Test(arguments: ["port=5433", "Unix_Socket_Directories=/tmp", "listen-addresses=*", "hba_file=/etc/hosts"])
    func `a setting that the server's keeper needs is refused by name`(setting: String) async throws {
        let ended = try await ProgramRun.run(["postgres", "--set", setting, "--", "true"]) { $0.readToEnd() }
        #expect(ended.status == .exited(64))
        #expect(
            ended.notes.contains("the setting '\(setting.split(separator: "=")[0])' is the keeper's"), "\(ended.notes)")
    }

    @Test func `databases can be made, and text is compared as the locale says`() async throws {
        let script = """
            psql -q -c "CREATE DATABASE other" && psql -qAt -d other -c "SELECT lower('Ä'), 'ä' < 'b'"
            """
        let ended = try await ProgramRun.run(["postgres", "--locale", "icu:de-DE", "--", "sh", "-c", script]) {
            $0.readToEnd()
        }
        #expect(ended.output == "ä|t\n", "\(ended.notes)")
        let refused = try await ProgramRun.run(["postgres", "--locale", "a b", "--", "true"]) { $0.readToEnd() }
        #expect(refused.status == .exited(64))
    }

    @Test func `a program that is not there is told before a server is started`() async throws {
        let ended = try await ProgramRun.run(["postgres", "--server-version", "1", "--", "no-such-program"]) {
            $0.readToEnd()
        }
        #expect(ended.status == .exited(127))
        #expect(ended.notes == "sennit: there is no program 'no-such-program' in PATH\n")
    }

    @Test func `a machine without PostgreSQL is told what to install`() async throws {
        for arguments in [["--server-version", "1"], ["--binaries", "no/such/directory"]] {
            let ended = try await ProgramRun.run(["postgres"] + arguments + ["--", "true"]) { $0.readToEnd() }
            #expect(ended.status == .exited(1))
            #expect(ended.notes.contains("apt-get install postgresql"), "\(ended.notes)")
        }
    }

    @Test func `a place is a directory from where the program is started`() async throws {
        let ended = try await ProgramRun.run(["postgres", "--storage", "no-such-place", "--", "true"]) {
            $0.readToEnd()
        }
        #expect(ended.status == .exited(1))
        #expect(ended.notes.contains("/no-such-place: there is no such directory"), "\(ended.notes)")
    }
}
