import EphemeralPostgres
import Foundation
import PostgresClient
import PriceListServer
import Testing

/// The commands one after the other, as a person would run them.
@Suite(.timeLimit(.minutes(5))) struct WholeRoundTests {
    @Test func `three providers are scraped, checked, dumped, added up and priced`() async throws {
        try await withFolder { folder in
            let expected = try await PriceListServer.withServer(.init(folder: samples)) { mock in
                var expected: [String: Int] = [:]
                for (command, options) in [("awsscrape", ["--csv"]), ("azurescrape", []), ("gcpscrape", [])] {
                    try await withServer(hasTables: false) { _, server in
                        let loaded = await pscraper(["pgload", "--json"] + server)
                        #expect(loaded.code == 0)
                        let copied = try loaded.figures()["rows"] as? Int
                        #expect(copied == 0)
                        let scraped = await pscraper(
                            [command, "--root", mock.url, "--filter", "\(samples)/selection.yml", "--json"] + options
                                + server)
                        #expect(scraped.code == 0, "\(scraped.notes)")
                        let figures = try scraped.figures()
                        let provider = try #require(figures["provider"] as? String)
                        let rows = try #require(figures["rows"] as? Int)
                        let checked = await pscraper(
                            ["check", "\(samples)/checks/price_\(provider)_checks.yml"] + server)
                        #expect(checked.code == 0, "\(checked.output)")
                        let file = "\(folder)/\(provider).sql"
                        let dumped = await pscraper(
                            [
                                "pgdump", "--file", file, "--provider", provider, "--storage", "\(folder)/out",
                                "--json",
                            ] + server)
                        #expect(dumped.code == 0 && dumped.output.contains("\(folder)/out/\(provider)/\(provider)-"))
                        let published = try Self.publishedRows(folder, provider)
                        #expect(published == rows)
                        expected[file] = rows
                    }
                }
                return expected
            }
            try await withServer(hasTables: false) { _, server in
                let files = expected.keys.sorted()
                let added = await pscraper(["aggregate", "--json"] + files + server)
                #expect(added.code == 0, "\(added.notes)")
                let counts = try added.figures()["rows"] as? [String: Int]
                #expect(counts == expected)
                let again = await pscraper(["aggregate"] + files + server)
                #expect(again.code == 1 && again.notes.contains("has rows of \(files[0]) already"))
                let priced = await pscraper(["estimate", "\(samples)/bill.yml", "--json"] + server)
                #expect(priced.code == 0 && priced.output.contains("XWEGA3UJZ88J37T5"), "\(priced.notes)")
                let unpriced = await pscraper(["estimate", "\(samples)/bill.yml", "--date", "1999-01-01"] + server)
                #expect(unpriced.code == 1 && unpriced.notes.contains("nodes"))
            }
            #expect(try leftovers(folder).isEmpty)
        }
    }

    /// The rows that the manifest tells: those of the table of prices alone.
    private static func publishedRows(_ folder: String, _ provider: String) throws -> Int? {
        let place = "\(folder)/out/\(provider)"
        let manifest = try #require(
            FileManager.default.contentsOfDirectory(atPath: place).first { $0.hasSuffix(".json") })
        let data = try Data(contentsOf: URL(filePath: "\(place)/\(manifest)"))
        return (try JSONSerialization.jsonObject(with: data) as? [String: Any])?["rows"] as? Int
    }

    private func leftovers(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "out" && !$0.hasSuffix(".sql") }
    }

    @Test func `a scrape replaces the rows of its own provider, and only if it finds any`() async throws {
        try await withServer { database, server in
            @Sendable func counts() throws -> [String?] {
                let counts = "SELECT cloud_provider || ' ' || count(*) FROM api_price.infra_price"
                return try database.connect().query("\(counts) GROUP BY cloud_provider ORDER BY 1").map { $0[0] }
            }
            try await withFolder { folder in
                try await PriceListServer.withServer(.init(folder: samples)) { mock in
                    let aws = [
                        "awsscrape", "--csv", "--root", mock.url, "--filter", "\(samples)/selection.yml",
                        "--record", "\(folder)/recording",
                    ]
                    for command in [aws, ["azurescrape", "--root", mock.url], ["azurescrape", "--root", mock.url]] {
                        let run = await pscraper(command + server)
                        #expect(run.code == 0, "\(run.notes)")
                    }
                    #expect(try counts() == ["aws 252", "azure 1000"])
                    let filter = "\(folder)/none.yml"
                    try "azure: {services: [Nope]}".write(toFile: filter, atomically: true, encoding: .utf8)
                    let none = await pscraper(["azurescrape", "--root", mock.url, "--filter", filter] + server)
                    #expect(none.code == 1 && none.notes.contains("not one price was found"), "\(none.notes)")
                    #expect(try counts() == ["aws 252", "azure 1000"])
                }
                // Without the server, from what was recorded of it.
                let replayed = await pscraper(
                    ["awsscrape", "--csv", "--fixture", "\(folder)/recording", "--filter", "\(samples)/selection.yml"]
                        + server)
                #expect(replayed.code == 0, "\(replayed.notes)")
                #expect(try counts() == ["aws 252", "azure 1000"])
                let wrong = await pscraper(
                    ["pgdump", "--file", "\(folder)/d.sql", "--provider", "gcp", "--storage", "\(folder)/out"] + server)
                #expect(wrong.code == 64 && wrong.notes.contains("has prices of aws, azure"), "\(wrong.notes)")
                #expect(!FileManager.default.fileExists(atPath: "\(folder)/out"))
            }
        }
    }

    @Test func `lists that are scraped one after the other make the history`() async throws {
        try await withServer { database, server in
            var opened: [Int] = []
            for day in ["2025-03-18", "2025-06-17", "2026-06-07"] {
                var configuration = PriceListServer.Configuration(folder: samples)
                configuration.azureSnapshot = day
                let scraped = try await PriceListServer.withServer(configuration) { mock in
                    await pscraper(["azurescrape", "--root", mock.url, "--as-of", day, "--json"] + server)
                }
                #expect(scraped.code == 0, "\(scraped.notes)")
                let figures = try scraped.figures()
                #expect(figures["rows"] as? Int == 1000)
                opened.append(try #require(figures["opened"] as? Int))
            }
            #expect(opened[0] > 900 && opened[1] < opened[0] && opened[2] > 0)
            let rows = try database.connect().query("SELECT count(*), count(valid_to) FROM api_price.price_history")
            #expect(rows[0][0] == "\(opened.reduce(0, +))" && rows[0][1] != "0")
            let before = try Self.state(of: database)
            let (earlier, asked) = try await PriceListServer.withServer(.init(folder: samples)) { mock in
                let run = await pscraper(["azurescrape", "--root", mock.url, "--as-of", "2025-01-01"] + server)
                return (run, mock.requests)
            }
            #expect(earlier.code == 1 && earlier.notes.contains("a later snapshot is merged already"))
            #expect(asked.isEmpty)
            #expect(try Self.state(of: database) == before)
        }
    }

    /// A sum of all rows of all tables, with where they lie: what is written again is not the same.
    private static func state(of database: PostgresServer) throws -> [String] {
        let connection = try database.connect()
        defer { connection.close() }
        let tables = try connection.query(
            """
            SELECT format('%I.%I', schemaname, relname) FROM pg_stat_user_tables ORDER BY 1
            """
        ).compactMap { $0[0] }
        return try tables.map { table in
            let sum =
                "SELECT md5(string_agg(ctid::text || xmin::text || t::text, ',' ORDER BY ctid)) FROM \(table) AS t"
            return "\(table) \(try connection.query(sum)[0][0] ?? "")"
        }
    }

    @Test func `what fails within the load's transaction leaves the table as it was`() async throws {
        try await withServer { database, server in
            try await withFolder { folder in
                try await PriceListServer.withServer(.init(folder: samples)) { mock in
                    let scrape = ["azurescrape", "--root", mock.url, "--json"] + server
                    let first = await pscraper(scrape)
                    #expect(first.code == 0, "\(first.notes)")
                    // A history that takes no row: the merge fails when all rows are there.
                    try database.connect().execute(
                        """
                        CREATE TABLE api_price.price_snapshot (feed text, taken_at timestamptz, opened bigint,
                            closed bigint, kept bigint, CHECK (kept < 0));
                        """)
                    let before = try Self.state(of: database)
                    let run = await pscraper(scrape + ["--as-of", "2026-01-01", "--record", "\(folder)/recording"])
                    #expect(run.code == 1, "\(run.output)")
                    let after = try Self.state(of: database)
                    let left = try FileManager.default.contentsOfDirectory(atPath: folder)
                    #expect(after == before && left.isEmpty, "\(left)")
                }
            }
        }
    }

    @Test func `aggregate and pgload leave nothing of what fails`() async throws {
        try await withFolder { folder in
            let script = "\(folder)/half.sql"
            try "CREATE TABLE one (a int);\nINSERT INTO one VALUES (1);\nSELECT nothing;\n".write(
                toFile: script, atomically: true, encoding: .utf8)
            try await withServer(hasTables: false) { database, server in
                for command in [["aggregate", script], ["aggregate", "/dev/null"], ["pgload", "--file", script]] {
                    let run = await pscraper(command + server)
                    let left = try Self.state(of: database)
                    #expect(run.code == 1 && left.isEmpty, "\(command)")
                }
                let run = await pscraper(["pgload", "--no-transaction", "--file", script] + server)
                let left = try Self.state(of: database)
                #expect(run.code == 1 && left.count == 1)
            }
        }
    }

    @Test func `a dump that cannot be published leaves the file as it was`() async throws {
        try await withFolder { folder in
            let file = "\(folder)/price.sql"
            try "old".write(toFile: file, atomically: true, encoding: .utf8)
            try "no folder".write(toFile: "\(folder)/out", atomically: true, encoding: .utf8)
            try await withServer { _, server in
                let run = await pscraper(
                    ["pgdump", "--file", file, "--unchecked", "--storage", "\(folder)/out"] + server)
                #expect(run.code == 1, "\(run.output)")
                let kept = try String(contentsOfFile: file, encoding: .utf8)
                let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                #expect(kept == "old" && left == ["out", "price.sql"])
                let other = await pscraper(
                    ["pgdump", "--file", file, "--unchecked", "--storage", "\(folder)/place"] + server)
                #expect(other.code == 0 && other.output.contains("place/all/all-"), "\(other.notes)")
                let dump = try String(contentsOfFile: file, encoding: .utf8)
                #expect(dump.contains("COPY api_price.infra_price"))
            }
        }
    }

    @Test func `what fails its checks is dumped for its maker and published for nobody`() async throws {
        try await withFolder { folder in
            try await withServer { _, server in
                let file = "\(folder)/price.sql"
                let run = await pscraper(["pgdump", "--file", file, "--storage", "\(folder)/out"] + server)
                #expect(run.code == 1 && run.notes.contains("checks did not pass"))
                #expect(!FileManager.default.fileExists(atPath: "\(folder)/out"))
                #expect(!FileManager.default.fileExists(atPath: file))
                let own = await pscraper(
                    ["pgdump", "--file", file, "--check", "\(samples)/checks/price_gcp_checks.yml"] + server)
                #expect(own.code == 1 && own.notes.contains("checks did not pass"))
                #expect(!FileManager.default.fileExists(atPath: file))
                let plain = await pscraper(["pgdump", "--file", file] + server)
                #expect(plain.code == 0 && FileManager.default.fileExists(atPath: file))
            }
        }
    }

    @Test func `a database without the tables says how to make them`() async throws {
        try await withServer(hasTables: false) { _, server in
            try await PriceListServer.withServer(.init(folder: samples)) { mock in
                let run = await pscraper(["azurescrape", "--root", mock.url] + server)
                #expect(run.code == 1 && run.notes.contains("pgload"), "\(run.notes)")
            }
            let checked = await pscraper(["check"] + server)
            #expect(checked.code == 3)
        }
    }

    @Test(
        arguments: [
            (["pgload", "--file", "missing.sql"], 1, "missing.sql"), (["aggregate", "missing.sql"], 1, "missing.sql"),
            (["aggregate", "/dev/null"], 1, "/dev/null has no rows of api_price.infra_price"),
            (["check", "missing.yml"], 3, "missing.yml"), (["estimate", "/dev/null"], 64, "cannot be read"),
            (["azurescrape", "--fixture", "missing"], 1, "missing"),
            (["azurescrape", "--filter", "/dev/null"], 1, "the selection cannot be read"),
            (["pgdump", "--file", "/dev/null/price.sql"], 1, "/dev/null/price.sql"),
            (["delold", "--storage", "s3://prices", "--endpoint", "x"], 1, "STORAGE_KEY"),
            (["delold"], 64, "--storage"), (["delold", "--storage", "/no/such/place"], 64, "There is no folder"),
        ] as [([String], Int, String)])
    func `what is not there is named`(arguments: [String], code: Int, words: String) async throws {
        try await withServer { _, server in
            let run = await pscraper(arguments + (arguments[0] == "delold" ? [] : server))
            let said = run.output + run.notes
            #expect(Int(run.code) == code && said.contains(words), "\(run.code): \(run.output)\(run.notes)")
        }
    }

    @Test(arguments: [
        ("html", "web page"), ("404", "404"), ("plain-as-gzip", "gzip"), ("truncated=40", "gzip"),
    ])
    func `a server that goes wrong is named, and the table is as it was`(rule: String, words: String) async throws {
        var configuration = PriceListServer.Configuration(folder: samples)
        configuration.misbehaviour = [try #require(Misbehaviour(rule))]
        try await PriceListServer.withServer(configuration) { mock in
            try await withServer { postgres, server in
                for command in ["awsscrape", "azurescrape", "gcpscrape"] {
                    let run = await pscraper([command, "--root", mock.url] + server)
                    #expect(run.code == 1 && run.notes.contains(words), "\(run.notes)")
                }
                let connection = try postgres.connect()
                defer { connection.close() }
                #expect(try connection.query("SELECT count(*) FROM api_price.infra_price")[0][0] == "0")
            }
        }
    }

    @Test func `Google's own server is not asked without a key`() async throws {
        guard ProcessInfo.processInfo.environment["GCP_BILLING_KEY"] == nil else { return }
        try await withServer { _, server in
            let run = await pscraper(["gcpscrape"] + server)
            #expect(run.code == 1 && run.notes.contains("GCP_BILLING_KEY"))
        }
    }

    @Test func `an unchanged list is scraped from its copies`() async throws {
        try await withFolder { folder in
            try await PriceListServer.withServer(.init(folder: samples)) { mock in
                try await withServer { _, server in
                    let command = ["azurescrape", "--root", mock.url, "--cache", folder, "--json"] + server
                    let first = await pscraper(command)
                    // Whatever is sent now is damaged.
                    mock.misbehave(Misbehaviour(.damagedGzip))
                    let second = await pscraper(command)
                    #expect(first.code == 0 && second.code == 0 && first.output == second.output, "\(second.notes)")
                }
            }
        }
    }
}
