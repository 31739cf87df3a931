import EphemeralPostgres
import PostgresClient
import Sennit

/// What is measured of private servers.
struct PostgresBenchPlan: Sendable {
    let rounds: Int
    let rows: Int

    private static let table = """
        CREATE TABLE price (
            provider text, service text, region text, sku text, unit text, currency text, amount numeric,
            tier_start numeric, tier_end numeric, valid_from timestamptz, day date, attributes jsonb, place bigint,
            note text)
        """

    func run() async throws -> PostgresBenchReport {
        var report = PostgresBenchReport()
        report.rounds = rounds
        // The first one prepares a data directory if there is none.
        try await withPostgres { _ in }
        for _ in 0..<rounds {
            let memory = try await life(.automatic)
            report.memoryStart.append(memory.start)
            report.memoryEnd.append(memory.end)
            report.diskStart.append(try await life(.disk).start)
            try Task.checkCancellation()
        }
        report.warm = try await handOvers()
        report.rowNanoseconds = try writing()
        try await copying(&report)
        return report
    }

    private func life(_ storage: PostgresStorage) async throws -> (start: Double, end: Double) {
        var options = PostgresOptions()
        options.storage = storage
        let watch = Stopwatch()
        let server = try await PostgresServer.start(options)
        let connection = try server.connect()
        _ = try connection.query("SELECT 1")
        let start = watch.milliseconds
        connection.close()
        let ending = Stopwatch()
        server.stop()
        return (start, ending.milliseconds)
    }

    /// Each taken when the pool is full again, so that no start disturbs it.
    private func handOvers() async throws -> [Double] {
        var options = PostgresOptions()
        options.schema = [.text(Self.table)]
        return try await withPostgresWarmPool(options, size: 2) { pool in
            var times: [Double] = []
            for _ in 0..<rounds {
                while pool.readyCount < 2 {
                    try Task.checkCancellation()
                    Pause.block(nanoseconds: 1_000_000)
                }
                let watch = Stopwatch()
                let server = try await pool.take()
                let connection = try server.connect()
                _ = try connection.query("SELECT count(*) FROM price")
                times.append(watch.milliseconds)
                connection.close()
                server.stop()
            }
            return times
        }
    }

    /// Nanoseconds of the writer's own for a row.
    private func writing() throws -> Double {
        let count = 500_000
        var bytes = 0
        var writer = BinaryCopyWriter(columnCount: 14) { bytes += $0.byteCount }
        let watch = Stopwatch()
        try PriceRows.write(count, to: &writer)
        try writer.finish()
        return Double(watch.nanoseconds) / Double(count)
    }

    private func copying(_ report: inout PostgresBenchReport) async throws {
        var options = PostgresOptions()
        options.sharedBuffersMegabytes = 256
        let directory = try TemporaryDirectory()
        let path = directory.path + "/dump.sql"
        let (rate, dumping) = try await withPostgres(options) { server in
            let connection = try server.connect()
            try connection.execute(Self.table)
            let watch = Stopwatch()
            // A table that is made or emptied in the same transaction needs no write-ahead log.
            try connection.execute("BEGIN; TRUNCATE price")
            try connection.copyIn("COPY price FROM STDIN (FORMAT binary)") { writer in
                var rows = BinaryCopyWriter(writer, columnCount: 14)
                try PriceRows.write(self.rows, to: &rows)
                try rows.finish()
            }
            try connection.execute("COMMIT")
            let rate = Double(self.rows) / watch.seconds
            let dumping = Stopwatch()
            try await server.dump(to: path)
            return (rate, dumping.seconds)
        }
        report.rowsPerSecond = rate
        report.dumpSeconds = dumping
        report.loadSeconds = try await withPostgres(options) { server in
            let watch = Stopwatch()
            try await server.load(.file(path))
            return watch.seconds
        }
    }
}

/// Rows of the shape of a price list's.
enum PriceRows {
    // Safety: the bytes of arrays that live to the end of the function.
    static func write(_ count: Int, to rows: inout BinaryCopyWriter) throws(PostgresError) {
        let texts = ["aws", "AmazonEC2", "eu-central-1", "JRTCKXETXF.6YS6EN2CT7", "Hrs", "USD"].map { Array($0.utf8) }
        let amounts = ["0.0116000000", "0", "51200"].map { Array($0.utf8) }
        let attributes = Array(#"{"os": "Linux", "vcpu": "2", "memory": "8 GiB", "type": "m5.large"}"#.utf8)
        for number in 0..<count {
            try rows.startRow()
            for text in texts { try unsafe rows.appendText(text.span.bytes) }
            for amount in amounts { try unsafe rows.appendNumeric(decimalText: amount.span.bytes) }
            try rows.appendTimestamp(PostgresTimestamp(microsecondsSince1970: 1_700_000_000_000_000))
            try rows.appendDate(PostgresDate(daysSince1970: 20_000))
            try unsafe rows.appendJSONB(attributes.span.bytes)
            try rows.appendInteger(Int64(number))
            try rows.appendNull()
        }
    }
}
