import ByteText
public import PostgresClient

/// What prices were when: one row for each price and each stretch of time in which it stayed the same.
///
/// Snapshots of a list are loaded one after another into `api_price.infra_price`, and merged from there. A price that
/// is in a snapshot holds from the time of that snapshot on, until one does not have it, or has it otherwise. Within a
/// snapshot the row counts that is in force at its time: lists overlap, and announce prices ahead.
public enum PriceHistory {
    /// Makes the tables of the history, if they are not there yet.
    public static let tables = """
        CREATE SCHEMA IF NOT EXISTS api_price;

        CREATE TABLE IF NOT EXISTS api_price.price_snapshot (
            feed text NOT NULL,
            taken_at timestamptz NOT NULL,
            opened bigint NOT NULL,
            closed bigint NOT NULL,
            kept bigint NOT NULL,
            PRIMARY KEY (feed, taken_at)
        );

        CREATE TABLE IF NOT EXISTS api_price.price_history (
            feed text NOT NULL,
            record_key uuid NOT NULL,
            value_key uuid NOT NULL,
            valid_from timestamptz NOT NULL,
            valid_to timestamptz,
        \(carried.map { "    \($0) \(type(of: $0))" }.joined(separator: ",\n"))
        );

        CREATE UNIQUE INDEX IF NOT EXISTS price_history_current
            ON api_price.price_history (feed, record_key) WHERE valid_to IS NULL;
        CREATE INDEX IF NOT EXISTS price_history_record
            ON api_price.price_history (feed, record_key, valid_from);

        """

    /// The columns that say which price it is.
    ///
    /// The service is not among them: providers rename services, and the price goes on.
    public static let keyColumns = [
        "cloud_provider", "sku_id", "rate_code", "region", "term", "term_months", "purchase_option",
        "offering_class", "charge", "currency", "start_usage_amount",
    ]

    /// The columns whose change makes a new row of the history.
    public static let valueColumns = ["price", "end_usage_amount", "unit", "unit_block"]

    /// Columns that go along with a row of the history, as they were when it began.
    private static let companions = [
        "service", "normalised_unit", "published_price", "product_family", "sku_name", "description", "effective_from",
        "effective_to",
    ]

    private static var carried: [String] { keyColumns + valueColumns + companions }

    private static func type(of column: String) -> String {
        let type = PriceSchema.columns.first { $0.name == column }?.type ?? "text"
        return type.bytes.withoutEnd(" NOT NULL")?.string ?? type
    }

    /// What a merge did.
    public struct Change: Sendable, Hashable {
        /// Prices that are new or have changed.
        public var opened = 0
        /// Prices that have ended or changed.
        public var closed = 0
        /// Prices that are as they were.
        public var kept = 0
        /// Whether the snapshot had been merged before, and nothing was done.
        public var wasMerged = false

        /// Makes the description of a merge.
        public init(opened: Int = 0, closed: Int = 0, kept: Int = 0, wasMerged: Bool = false) {
            self.opened = opened
            self.closed = closed
            self.kept = kept
            self.wasMerged = wasMerged
        }
    }

    /// Merges what is in `api_price.infra_price` as one snapshot of a feed, in one transaction.
    ///
    /// Merging a snapshot again does nothing.
    ///
    /// - Parameters:
    ///   - connection: A connection outside of any transaction.
    ///   - feed: What the snapshot is whole for: a price of this feed that it does not have has ended.
    ///   - moment: When it was taken.
    /// - Returns: What has changed.
    /// - Throws: `PriceProblem` with code `outputFailed` if a later snapshot of the feed is merged already, or the
    ///   database fails; nothing has changed then.
    public static func merge(
        _ connection: PostgresConnection, feed: String, takenAt moment: PriceInstant
    ) throws -> Change {
        try connection.execute("BEGIN")
        do {
            let change = try merge(connection, feed, at: literal(moment))
            try connection.execute("COMMIT")
            return change
        } catch {
            _ = try? connection.execute("ROLLBACK")
            if error is PriceProblem { throw error }
            throw PriceProblem(.outputFailed, "the snapshot was not merged: \(error)", source: feed)
        }
    }

    /// Merges as ``merge(_:feed:takenAt:)`` does, in the transaction that the connection is in, and makes the tables.
    package static func mergeInTransaction(
        _ connection: PostgresConnection, feed: String, takenAt moment: PriceInstant
    ) throws -> Change {
        try connection.execute(tables)
        return try merge(connection, feed, at: literal(moment))
    }

    /// Refuses a moment before the last snapshot of a feed, so that nothing is read in vain.
    ///
    /// - Throws: `PriceProblem` with code `outputFailed`; `PostgresError`.
    package static func checkOrder(
        _ connection: PostgresConnection, feed: String, takenAt moment: PriceInstant
    ) throws {
        guard try connection.query("SELECT to_regclass('api_price.price_snapshot') IS NOT NULL").first?[0] == "t" else {
            return
        }
        let time = literal(moment)
        let later = try connection.query(
            """
            SELECT coalesce(bool_or(taken_at > \(time)), false) AND NOT coalesce(bool_or(taken_at = \(time)), false)
            FROM api_price.price_snapshot WHERE feed = $1
            """, [feed])
        if later.first?[0] == "t" { throw outOfOrder(feed) }
    }

    private static func outOfOrder(_ feed: String) -> PriceProblem {
        PriceProblem(
            .outputFailed, "a later snapshot is merged already", source: feed,
            advice: "Merge snapshots in the order in which they were taken.")
    }

    private static func merge(_ connection: PostgresConnection, _ feed: String, at time: String) throws -> Change {
        // Two merges of one feed would each miss what the other does.
        _ = try connection.query("SELECT pg_advisory_xact_lock(hashtextextended('price_history ' || $1, 0))", [feed])
        let before = try connection.query(
            """
            SELECT coalesce(bool_or(taken_at = \(time)), false), coalesce(bool_or(taken_at > \(time)), false)
            FROM api_price.price_snapshot WHERE feed = $1
            """, [feed])
        if before.first?[0] == "t" { return Change(wasMerged: true) }
        guard before.first?[1] != "t" else { throw outOfOrder(feed) }
        try connection.execute(snapshot(at: time))
        var change = Change()
        change.closed = try connection.execute(close(at: time), [feed])
        change.opened = try connection.execute(open(at: time), [feed])
        let count = try connection.query("SELECT count(*) FROM pg_temp.price_snapshot_rows")
        change.kept = (count.first?[0].flatMap { Int($0) } ?? 0) - change.opened
        try connection.execute("DROP TABLE pg_temp.price_snapshot_rows")
        try connection.execute(
            """
            INSERT INTO api_price.price_snapshot (feed, taken_at, opened, closed, kept)
            VALUES ($1, \(time), $2::bigint, $3::bigint, $4::bigint)
            """, [feed, String(change.opened), String(change.closed), String(change.kept)])
        return change
    }

    /// The time of the snapshot, exact to the microsecond.
    private static func literal(_ moment: PriceInstant) -> String {
        "(timestamptz 'epoch' + (\(moment.microseconds)::bigint * interval '1 microsecond'))"
    }

    /// One row for each price: the one in force, and of several the one that began last.
    private static func snapshot(at time: String) -> String {
        let keys = keyColumns.joined(separator: ", ")
        return """
            CREATE TEMPORARY TABLE price_snapshot_rows ON COMMIT DROP AS
            SELECT DISTINCT ON (\(keys))
                md5(ROW(\(keyColumns.map(exact).joined(separator: ", ")))::text)::uuid AS record_key,
                md5(ROW(\(valueColumns.map(exact).joined(separator: ", ")))::text)::uuid AS value_key,
                \(carried.joined(separator: ", "))
            FROM api_price.infra_price
            WHERE (effective_from IS NULL OR effective_from <= \(time))
                AND (effective_to IS NULL OR effective_to > \(time))
            ORDER BY \(keys), effective_from DESC NULLS LAST, effective_to ASC NULLS LAST, price, source_id,
                source_offset
            """
    }

    /// Zeros at a number's end make no other number.
    private static func exact(_ column: String) -> String {
        type(of: column) == "numeric" ? "trim_scale(\(column))" : column
    }

    private static func close(at time: String) -> String {
        """
        UPDATE api_price.price_history AS history SET valid_to = \(time)
        WHERE feed = $1 AND valid_to IS NULL AND NOT EXISTS (
            SELECT FROM pg_temp.price_snapshot_rows AS snapshot
            WHERE snapshot.record_key = history.record_key AND snapshot.value_key = history.value_key)
        """
    }

    private static func open(at time: String) -> String {
        let columns = (["record_key", "value_key"] + carried).joined(separator: ", ")
        return """
            INSERT INTO api_price.price_history (feed, valid_from, \(columns))
            SELECT $1, \(time), \(columns) FROM pg_temp.price_snapshot_rows AS snapshot
            WHERE NOT EXISTS (
                SELECT FROM api_price.price_history AS history
                WHERE history.feed = $1 AND history.record_key = snapshot.record_key AND history.valid_to IS NULL)
            """
    }
}
