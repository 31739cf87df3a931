import CloudPrices
import EphemeralPostgres
import PostgresClient
import Testing

/// One row of a history as text, times in days.
private struct Stretch: Hashable, Comparable {
    var key: String
    var price: String
    var from: Int
    var to: Int?

    static func < (left: Stretch, right: Stretch) -> Bool {
        (left.key, left.from) < (right.key, right.from)
    }
}

/// A made-up list: for each key, prices with the days from and to which they hold.
private struct Snapshot {
    var day: Int
    var rows: [(key: String, price: String, from: Int?, to: Int?)]
}

private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

@Suite(.serialized) struct PriceHistoryTests {
    private static let day: Int64 = 86_400_000_000

    private func load(_ snapshot: Snapshot, _ parameters: PostgresParameters) throws {
        let sink = try PostgresPriceSink(parameters)
        let document = PriceSourceDocument(id: 1, path: "/day/\(snapshot.day)")
        var row = PriceRowBuffer(provider: .azure, source: document)
        try sink.begin(document)
        for (index, entry) in snapshot.rows.enumerated() {
            for field in [PriceText.service, .region, .currency, .unit, .normalisedUnit] { try row.set(field, "x") }
            try row.set(.sku, entry.key)
            try row.set(.rateCode, entry.key)
            let price = Array(entry.price.utf8)
            try row.setPrice(price.span)
            row.offset = index
            row.effectiveFrom = entry.from.map { PriceInstant(microseconds: Int64($0) * Self.day) }
            row.effectiveTo = entry.to.map { PriceInstant(microseconds: Int64($0) * Self.day) }
            try sink.append(row)
        }
        try sink.finish()
    }

    private func merge(_ snapshot: Snapshot, _ connection: PostgresConnection) throws -> PriceHistory.Change {
        let moment = PriceInstant(microseconds: Int64(snapshot.day) * Self.day)
        return try PriceHistory.merge(connection, feed: "test", takenAt: moment)
    }

    private func history(_ connection: PostgresConnection) throws -> [Stretch] {
        try connection.query(
            """
            SELECT sku_id, trim_scale(price), extract(epoch FROM valid_from)::bigint / 86400,
                extract(epoch FROM valid_to)::bigint / 86400 FROM api_price.price_history
            """
        ).map { row in
            Stretch(
                key: row[0] ?? "", price: row[1] ?? "", from: row[2].flatMap { Int($0) } ?? -1,
                to: row[3].flatMap { Int($0) })
        }.sorted()
    }

    /// The history of all snapshots at once, by what a history is.
    private func recomputed(_ snapshots: [Snapshot]) throws -> [Stretch] {
        var result: [Stretch] = []
        let keys = Set(snapshots.flatMap { $0.rows.map(\.key) })
        for key in keys {
            var current: Stretch?
            for snapshot in snapshots {
                let price = try inForce(key, snapshot)
                if current?.price == price { continue }
                if var ended = current {
                    ended.to = snapshot.day
                    result.append(ended)
                }
                current = price.map { Stretch(key: key, price: $0, from: snapshot.day, to: nil) }
            }
            if let current { result.append(current) }
        }
        return result.sorted()
    }

    private func inForce(_ key: String, _ snapshot: Snapshot) throws -> String? {
        let rows = snapshot.rows.filter {
            $0.key == key && ($0.from ?? 0) <= snapshot.day && ($0.to.map { $0 > snapshot.day } ?? true)
        }
        let best = try rows.min {
            if $0.from != $1.from { return ($0.from ?? -1) > ($1.from ?? -1) }
            if $0.to != $1.to { return ($0.to ?? .max) < ($1.to ?? .max) }
            return try ExactDecimal($0.price) < ExactDecimal($1.price)
        }
        return try best.map { try ExactDecimal($0.price).normalisedText }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `snapshots merged one by one give what all of them give at once`(seed: UInt64) async throws {
        var dice = Dice(state: seed)
        let snapshots = (1...8).map { index in
            Snapshot(
                day: index * 10,
                rows: (0..<60).flatMap { key in
                    (0..<[0, 1, 1, 1, 2].randomElement(using: &dice)!).map { _ in
                        (
                            "k\(key)", ["1", "1.0", "2", "3.4E-05", "0.000034"].randomElement(using: &dice)!,
                            [nil, 0, 5, index * 10, index * 10 + 5].randomElement(using: &dice)!,
                            [nil, nil, index * 10, index * 10 + 1, 1000].randomElement(using: &dice)!
                        )
                    }
                })
        }
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute(PriceSchema.tables)
            try connection.execute(PriceHistory.tables)
            for (count, snapshot) in snapshots.enumerated() {
                try load(snapshot, server.parameters)
                let change = try merge(snapshot, connection)
                #expect(!change.wasMerged)
                let expected = try recomputed(Array(snapshots.prefix(count + 1)))
                #expect(try history(connection) == expected)
                #expect(change.opened == expected.count { $0.from == snapshot.day })
                #expect(change.closed == expected.count { $0.to == snapshot.day })
                #expect(change.kept == expected.count { $0.from < snapshot.day && $0.to == nil })
                // Once more: nothing happens.
                #expect(try merge(snapshot, connection) == .init(wasMerged: true))
                #expect(try history(connection) == expected)
            }
            #expect(throws: PriceProblem.self) { try merge(Snapshot(day: 15, rows: []), connection) }
            #expect(try history(connection) == recomputed(snapshots))
        }
    }
}
