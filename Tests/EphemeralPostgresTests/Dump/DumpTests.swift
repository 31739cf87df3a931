import EphemeralPostgres
import PostgresClient
import Sennit
import Synchronization
import Testing

@Suite struct DumpTests {
    private static let schema = """
        CREATE SCHEMA "Odd schema";
        CREATE TABLE price (
            id bigserial PRIMARY KEY, sku text NOT NULL, amount numeric, at timestamptz, day date, more jsonb,
            "select" float8, "ü" bytea, gone int, twice numeric GENERATED ALWAYS AS (amount * 2) STORED);
        ALTER TABLE price DROP COLUMN gone;
        INSERT INTO price (sku, amount, at, day, more, "select", "ü")
            SELECT E'a\\tb\\\\c\\n' || n, n / 7.0, '2024-05-28 20:35:22.123456+00'::timestamptz + n * interval '1 s',
                DATE '2024-01-01' + n, jsonb_build_object('n', n, 'null', null), n / 3.0::float8, decode('00ff', 'hex')
            FROM generate_series(1, 2000) n;
        INSERT INTO price (sku) VALUES (''), ('\\.');
        CREATE TABLE "Odd schema"."Odd ""table"" x" (a int, "b c" text);
        INSERT INTO "Odd schema"."Odd ""table"" x" VALUES (1, NULL), (NULL, '\\N');
        CREATE TABLE empty ();
        CREATE TABLE child (price bigint REFERENCES price);
        INSERT INTO child VALUES (1);
        CREATE SEQUENCE unused;
        CREATE VIEW cheap AS SELECT sku FROM price WHERE amount < 1;
        CREATE INDEX ON price (sku);
        """

    private func text(_ server: PostgresServer, _ dump: PostgresDump = PostgresDump()) async throws -> String {
        let bytes = Mutex<[UInt8]>([])
        try await server.dump(dump) { block in
            bytes.withLock { bytes in unsafe block.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) } }
        }
        return String(decoding: bytes.withLock { $0 }, as: UTF8.self)
    }

    /// From the first heading of data to the last line before the definitions that follow the data.
    private func dataSection(_ dump: String) throws -> Substring {
        let start = try #require(dump.firstRange(of: "--\n-- Data for Name:"))
        let rest = dump[start.lowerBound...]
        let end = rest.firstRange(of: /--\n-- Name: [^;\n]*; Type: (CONSTRAINT|INDEX|FK CONSTRAINT);/)
        return rest[..<(end?.lowerBound ?? rest.endIndex)]
    }

    @Test func `rows are written in the very bytes of pg_dump`() async throws {
        var options = PostgresOptions()
        options.schema = [.text(Self.schema)]
        try await withPostgres(options) { server in
            let ours = try await text(server)
            let theirs = try ReferenceDump.run(server)
            let (left, right) = (try dataSection(ours), try dataSection(theirs))
            #expect(left.utf8.count > 100_000)
            #expect(left.utf8.elementsEqual(right.utf8))
        }
    }

    @Test func `a dump that is loaded gives the same dump again`() async throws {
        let directory = try Files.makeDirectory()
        defer { Files.remove(directory) }
        let path = directory + "/dump.sql"
        var options = PostgresOptions()
        options.schema = [.text(Self.schema)]
        let first = try await withPostgres(options) { server in
            let summary = try await server.dump(to: path)
            #expect(summary.rows == 2005)
            #expect(summary.tables == 4)
            return try await text(server)
        }
        try await withPostgres { server in
            #expect(try await server.load(.file(path)).copiedRows == 2005)
            #expect(try dataSection(await text(server)) == dataSection(first))
            #expect(try server.connect().query("SELECT count(*) FROM cheap")[0][0] == "6")
            // Over what is there already.
            var again = PostgresDump()
            again.dropsFirst = true
            let script = try await text(server, again)
            #expect(try await server.load(.text(script)).copiedRows == 2005)
        }
        #expect(Files.names(in: directory) == ["dump.sql"])
    }

    @Test func `names with special bytes before a mark, with points and in two spellings`() async throws {
        let specials = ["\"", "'", "\\", ".", ";", "%", "-- ", "*", "$"].flatMap { ["\($0)\u{301}", "\($0)\u{200D}"] }
        let names = specials + ["\u{301}x", "a.b", "\u{E9}", "e\u{301}"]
        var options = PostgresOptions()
        let statements = names.enumerated().map { number, name in
            let table = PostgresSyntax.identifier(name)
            return "CREATE TABLE \(table) (v text, n serial); "
                + "INSERT INTO \(table) VALUES (\(PostgresSyntax.literal(name)), \(number));\n"
        }
        options.schema = [.text(statements.joined())]
        let script = try await withPostgres(options) { server in
            var dump = PostgresDump()
            dump.tables = ["e\u{301}"]
            let one = try await text(server, dump)
            #expect(one.utf8.count { $0 == UInt8(ascii: "e") } > 0)
            #expect(!Array(one.unicodeScalars).contains("\u{E9}"))
            return try await text(server)
        }
        try await withPostgres { server in
            #expect(try await server.load(.text(script)).copiedRows == names.count)
            let connection = try server.connect()
            defer { connection.close() }
            for name in names {
                let rows = try connection.query("SELECT v FROM \(PostgresSyntax.identifier(name))")
                #expect(rows.count == 1)
                #expect(rows[0][0].map { Array($0.utf8) } == Array(name.utf8))
            }
        }
    }

    @Test func `some tables, with their sequences, or their rows alone`() async throws {
        var options = PostgresOptions()
        options.schema = [.text(Self.schema)]
        try await withPostgres(options) { server in
            var dump = PostgresDump()
            dump.tables = ["price"]
            let whole = try await text(server, dump)
            #expect(whole.contains("CREATE TABLE public.price"))
            #expect(whole.contains("setval('public.price_id_seq', 2002, true)"))
            #expect(!whole.contains("COPY public.child") && !whole.contains("public.unused"))
            dump.includesDefinitions = false
            let rows = try await text(server, dump)
            #expect(rows.hasPrefix("--\n-- Data for Name: price;") && !rows.contains("CREATE"))
            dump.tables = ["nope"]
            let error = await #expect(throws: EphemeralPostgresError.self) { try await server.dump(dump) { _ in } }
            #expect(error?.code == .dumpFailed)
            #expect(error?.message.contains("public.nope") == true)
        }
    }

    @Test func `two dumps to one place at once leave one whole file`() async throws {
        let directory = try Files.makeDirectory()
        defer { Files.remove(directory) }
        let path = directory + "/dump.sql"
        try await withPostgres { server in
            try server.connect().execute("CREATE TABLE t AS SELECT generate_series(1, 50000) AS n")
            // A dump that was killed has left it.
            try Files.write("half", to: path + ".left.draft")
            var dump = PostgresDump()
            dump.restrictKey = "key"
            async let first = server.dump(dump, to: path)
            async let second = server.dump(dump, to: path)
            let bytes = try await (first.bytes, second.bytes)
            #expect(bytes.0 == bytes.1)
        }
        try await withPostgres { server in
            let loaded = try await server.load(.file(path))
            #expect(loaded.copiedRows == 50_000)
        }
        #expect(Files.names(in: directory) == ["dump.sql"])
    }

    @Test func `a dump that cannot be written leaves no file`() async throws {
        let directory = try Files.makeDirectory()
        defer { Files.remove(directory) }
        try await withPostgres { server in
            await #expect(throws: EphemeralPostgresError.self) { try await server.dump(to: directory + "/no/dump.sql") }
            struct Failure: Error {}
            try server.connect().execute("CREATE TABLE t AS SELECT generate_series(1, 100000)")
            await #expect(throws: Failure.self) { try await server.dump { _ in throw Failure() } }
            try server.connect().execute("SELECT lo_create(0)")
            let error = await #expect(throws: EphemeralPostgresError.self) {
                try await server.dump(to: directory + "/dump.sql")
            }
            #expect(error?.message.contains("1 large object") == true)
        }
        #expect(Files.names(in: directory) == [])
    }
}

/// What `pg_dump` itself writes.
enum ReferenceDump {
    static func run(_ server: PostgresServer) throws -> String {
        var pipe = try DescriptorPair.pipe()
        guard let output = pipe.first.take(), let input = pipe.second.take() else { fatalError("no pipe") }
        var request = SpawnRequest(
            executable: server.binariesDirectory + "/pg_dump", arguments: ["pg_dump", "--no-password"])
        request.environment = server.environment.mapValues { Optional($0) }
        request.standardOutput = input.rawValue
        let child = try ProcessSpawner().spawn(request)
        _ = consume input
        let text = PipeText.read(output)
        #expect(try child.waitAndReap() == .exited(0))
        return text
    }
}
