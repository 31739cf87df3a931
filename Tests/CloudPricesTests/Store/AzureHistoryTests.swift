import CloudPrices
import EphemeralPostgres
import Foundation
import PostgresClient
import Testing

/// Real snapshots of Azure's prices, as they would have come one after another.
private struct RealSnapshot {
    var day: String
    var moment: PriceInstant
    var rows: [PriceRow]

    static let all: [RealSnapshot] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures"
        return ["2025-03-18", "2025-06-17", "2025-08-27", "2025-11-12", "2026-03-16", "2026-06-07"].compactMap { day in
            guard let moment = PriceInstant(day) else { return nil }
            let sink = CollectingSink()
            _ = try? AzureScraper(selection: .everything).scrape(
                file: FileByteSource(path: "\(folder)/\(day).json"), path: day, into: sink)
            return RealSnapshot(day: day, moment: moment, rows: sink.rows)
        }
    }()

    /// What says which price a row is.
    static func key(_ row: PriceRow) -> String {
        let parts = [
            row.sku, row.rateCode, row.region, row.term.rawValue, row.termMonths.map(String.init) ?? "",
            row.charge.rawValue, row.currency, row.tierStart.normalisedText,
        ]
        return parts.joined(separator: "|")
    }

    /// The prices in force at the snapshot's time.
    var inForce: [String: String] {
        let current = rows.filter {
            ($0.effectiveFrom.map { $0 <= moment } ?? true) && ($0.effectiveTo.map { $0 > moment } ?? true)
        }
        return Dictionary(current.map { (Self.key($0), $0.price.normalisedText) }) { first, _ in "two: \(first)" }
    }
}

@Suite(.serialized) struct AzureHistoryTests {
    /// The history of all snapshots, looked at together: `key|price|from|to`.
    private func recomputed(_ snapshots: [RealSnapshot]) -> Set<String> {
        let prices = snapshots.map(\.inForce)
        var result: Set<String> = []
        for key in Set(prices.flatMap(\.keys)) {
            var start = 0
            while start < snapshots.count {
                guard let price = prices[start][key] else {
                    start += 1
                    continue
                }
                let end = prices[start...].firstIndex { $0[key] != price } ?? snapshots.count
                let until = end < snapshots.count ? snapshots[end].day : "-"
                result.insert("\(key)|\(price)|\(snapshots[start].day)|\(until)")
                start = end
            }
        }
        return result
    }

    @Test func `six real snapshots give the history that all of them give at once`() async throws {
        let snapshots = RealSnapshot.all
        #expect(snapshots.count == 6 && snapshots.allSatisfy { $0.rows.count > 30 })
        let expected = recomputed(snapshots)
        #expect(expected.count { !$0.hasSuffix("|-") } > 20)
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute(PriceSchema.tables)
            try connection.execute(PriceHistory.tables)
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures"
            for snapshot in snapshots {
                let sink = try PostgresPriceSink(server.parameters)
                _ = try AzureScraper(selection: .everything).scrape(
                    file: FileByteSource(path: "\(folder)/\(snapshot.day).json"), path: snapshot.day, into: sink)
                try sink.finish()
                let change = try PriceHistory.merge(connection, feed: "azure", takenAt: snapshot.moment)
                #expect(change.opened + change.kept == snapshot.inForce.count)
            }
            let rows = try connection.query(
                """
                SELECT concat_ws('|', sku_id, rate_code, region, term, coalesce(term_months::text, ''), charge,
                    currency, trim_scale(start_usage_amount), trim_scale(price), (valid_from AT TIME ZONE 'UTC')::date,
                    coalesce((valid_to AT TIME ZONE 'UTC')::date::text, '-'))
                FROM api_price.price_history
                """)
            #expect(rows.count == expected.count)
            #expect(Set(rows.compactMap { $0[0] }) == expected)
        }
    }
}
