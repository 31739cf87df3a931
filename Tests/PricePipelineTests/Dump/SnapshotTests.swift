import DataChecks
import EphemeralPostgres
import Foundation
import PostgresClient
import PricePipeline
import Testing

@Suite(.timeLimit(.minutes(5))) struct SnapshotTests {
    @Test func `checks and dump see the state that was exported, and nothing later`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "snapshot-\(UUID()).sql").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await withPriceTables { server in
            let (keeper, other) = (try server.connect(), try server.connect())
            defer {
                keeper.close()
                other.close()
            }
            try keeper.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            let snapshot = try #require(try keeper.query("SELECT pg_export_snapshot()")[0][0])
            try other.execute("INSERT INTO api_price.price_source VALUES ('aws', 1, '/offers/ec2.json')")
            var dump = PostgresDump()
            dump.snapshot = snapshot
            #expect(try await server.dump(dump, to: file).rows == 0)
            dump.snapshot = nil
            #expect(try await server.dump(dump, to: file).rows == 1)

            let checks = CheckFile.parse("checks for price_source:\n  - row_count = 0\n", name: "rows")
            var options = CheckRun.Options()
            options.schema = PriceChecks.schema
            #expect(CheckRun([checks], options: options).run(on: other).outcome == .fail)
            options.snapshot = snapshot
            #expect(CheckRun([checks], options: options).run(on: other).outcome == .pass)
            options.snapshot = "no'such"
            #expect(CheckRun([checks], options: options).run(on: other).outcome == .error)
        }
    }
}
