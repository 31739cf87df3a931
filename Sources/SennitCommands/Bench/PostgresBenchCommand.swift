package import ArgumentParser
import EphemeralPostgres
import PostgresClient
import Sennit

/// `sennit bench postgres`: private servers, from nothing to a first answer and back.
package struct PostgresBenchCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "postgres",
        abstract: "Private PostgreSQL servers: start, hand-over, end, rows in and out.",
        discussion: """
            'Start' is from the call to the answer of SELECT 1 on a new server with a data directory of its own, the \
            prepared one being in the cache; 'warm' is the same for a server taken from a pool; 'end' is from the call \
            to the moment when neither a process nor a file is left. Rows have 14 columns, three of them numeric, one \
            jsonb. With --kills, so many owners of servers are killed with SIGKILL, half of them at a random moment \
            of the start, and what is left of their servers is counted.
            """)

    @Option(help: "How often each is measured.")
    package var rounds = 30

    @Option(help: "How many rows are copied in and dumped.")
    package var rows = 120_000

    @Option(help: "How many owners are killed.")
    package var kills = 0

    @OptionGroup package var report: ReportOptions

    package init() {}

    package func validate() throws {
        try OptionRange.check(rounds, "rounds", in: 1...1000)
        try OptionRange.check(rows, "rows", in: 1...10_000_000)
        try OptionRange.check(kills, "kills", in: 0...100_000)
    }

    @concurrent
    package func run() async throws {
        let plan = PostgresBenchPlan(rounds: rounds, rows: rows)
        var result = try await plan.run()
        if kills > 0 {
            let outcome = try await PostgresOwnerKills.run(rounds: kills)
            result.kills = kills
            result.orphans = outcome.orphans
            result.leftDirectories = outcome.directories
        }
        try Console.current.show(result, asJSON: report.json)
    }
}

/// What private servers took.
struct PostgresBenchReport: Report {
    var rounds = 0
    var memoryStart: [Double] = []
    var diskStart: [Double] = []
    var warm: [Double] = []
    var memoryEnd: [Double] = []
    var rowNanoseconds = 0.0
    var rowsPerSecond = 0.0
    var dumpSeconds = 0.0
    var loadSeconds = 0.0
    var kills: Int?
    var orphans: Int?
    var leftDirectories: Int?

    var title: String { "Private PostgreSQL servers, \(rounds) rounds" }

    var figures: [Figure] {
        func both(_ name: String, _ values: [Double]) -> [Figure] {
            [
                Figure("\(name), median", Quantile.of(values, 0.5) ?? 0, places: 2, "ms"),
                Figure("\(name), 95 %", Quantile.of(values, 0.95) ?? 0, places: 2, "ms"),
            ]
        }
        var figures = both("start in memory", memoryStart) + both("start on disk", diskStart)
        figures += both("warm", warm) + both("end", memoryEnd)
        figures += [
            Figure("writing a binary row", rowNanoseconds, places: 0, "ns"),
            Figure("binary COPY", rowsPerSecond, places: 0, "rows/s"),
            Figure("dump", dumpSeconds, places: 3, "s"), Figure("load", loadSeconds, places: 3, "s"),
        ]
        if let kills, let orphans, let leftDirectories {
            figures.append(Figure("owners killed", kills))
            figures.append(Figure("orphan processes", orphans))
            figures.append(Figure("left directories", leftDirectories))
        }
        return figures
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        func put(_ name: String, _ values: [Double]) throws {
            try container.encode(Quantile.of(values, 0.5) ?? 0, forKey: Key(name + "_ms_p50"))
            try container.encode(Quantile.of(values, 0.95) ?? 0, forKey: Key(name + "_ms_p95"))
        }
        try container.encode(rounds, forKey: Key("rounds"))
        try put("start_memory", memoryStart)
        try put("start_disk", diskStart)
        try put("warm", warm)
        try put("end", memoryEnd)
        try container.encode(rowNanoseconds, forKey: Key("binary_row_ns"))
        try container.encode(rowsPerSecond, forKey: Key("copy_rows_per_second"))
        try container.encode(dumpSeconds, forKey: Key("dump_s"))
        try container.encode(loadSeconds, forKey: Key("load_s"))
        try container.encodeIfPresent(kills, forKey: Key("kills"))
        try container.encodeIfPresent(orphans, forKey: Key("orphan_processes"))
        try container.encodeIfPresent(leftDirectories, forKey: Key("left_directories"))
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
