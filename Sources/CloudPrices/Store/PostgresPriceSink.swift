import Dispatch
import Foundation
public import PostgresClient
import Sennit
import Synchronization

/// Copies rows into `api_price.infra_price` of a Postgres database, in its binary format, while the scraper goes on.
///
/// Rows are encoded on the scraper's thread and sent by a thread of the sink's own, which holds the connection; up to
/// four blocks of 256 kB wait between them. The load is one transaction: nothing is there before `finish()` has
/// returned, and nothing ever if it is not called. All rows of one sink are prices of one provider.
public final class PostgresPriceSink: PriceSink {
    /// What becomes of rows that are there already.
    public enum Mode: Sendable, Hashable {
        /// They go, whosever they are; the new ones are written frozen, which spares the server the log and a later
        /// pass over the table.
        case replace
        /// Those of a provider go. If there are no others, it is as `replace`.
        case replaceRows(of: CloudProvider)
        /// They stay. The new documents are numbered behind those of the provider that are there; until their number
        /// is known, the first row waits, and so it does while another load of the provider is under way.
        case append
    }

    private let channel = BlockChannel(capacity: 4)
    private let outcome = LoadOutcome()
    private let numbering: DocumentNumbering?
    private var documentsBefore: Int32 = 0
    private var encoder: PriceRowEncoder
    private var documents: [PriceSourceDocument] = []
    private var provider: CloudProvider?
    private var isFinished = false

    /// Connects, and begins a load on a thread of its own.
    ///
    /// The tables of `PriceSchema` must be there.
    ///
    /// - Parameters:
    ///   - parameters: The database.
    ///   - mode: What becomes of rows that are there already.
    ///   - beforeCommit: Runs in the load's transaction when all rows are there; if it throws, nothing was loaded.
    /// - Throws: `PriceProblem` with code `outputFailed` if the thread cannot be started. That the server cannot be
    ///   reached is told by the first `append(_:)` that notices, and by `finish()`.
    public init(
        _ parameters: PostgresParameters, mode: Mode = .replace,
        beforeCommit: @escaping @Sendable (PostgresConnection) throws -> Void = { _ in }
    ) throws {
        let (channel, outcome) = (channel, outcome)
        let numbering = mode == .append ? DocumentNumbering() : nil
        self.numbering = numbering
        encoder = PriceRowEncoder { bytes throws(PostgresError) in
            do {
                // Safety: the bytes are copied during the call.
                try channel.send(unsafe bytes.withUnsafeBytes { unsafe Array($0) })
            } catch let error as PostgresError {
                throw error
            } catch {
                throw PostgresError(.misuse, "the load was given up: \(error)")
            }
        }
        do {
            try SystemThread.start(name: "price-copy", stackBytes: 1 << 20) {
                outcome.end(
                    with: Result {
                        try Self.load(parameters, mode, numbering, channel, outcome, beforeCommit: beforeCommit)
                    })
            }
        } catch {
            throw PriceProblem(.outputFailed, "no thread can be started: \(error)")
        }
    }

    deinit { if !isFinished { endRows(areWhole: false) } }

    /// Notes the document.
    public func begin(_ document: PriceSourceDocument) throws { documents.append(document) }

    /// Encodes the row; waits while the server is behind.
    public func append(_ row: borrowing PriceRowBuffer) throws {
        do {
            if provider != row.provider { try setProvider(row.provider) }
            try encoder.append(row, documentsBefore: documentsBefore)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw PriceProblem(
                .outputFailed, "the row cannot be copied: \(error)", provider: row.provider, source: row.source.path,
                offset: row.offset, sku: String(copying: row.text(.sku)), advice: PriceSchema.advice(about: error))
        }
    }

    /// Notes the offer; its rows go again before the load is committed.
    public func takeBack(sku: String, offer: String) throws {
        outcome.takenBack.withLock { $0.append(TakenBackOffer(sku: sku, offer: offer)) }
    }

    /// Learns from the first row whose prices these are, and from the database which numbers its documents have.
    private func setProvider(_ provider: CloudProvider) throws {
        guard self.provider == nil else {
            throw PostgresError(.misuse, "a load has rows of one provider alone")
        }
        if let numbering { documentsBefore = try numbering.documents(before: provider) }
        self.provider = provider
    }

    private func endRows(areWhole: Bool) {
        numbering?.end()
        channel.finish(isWhole: areWhole)
    }

    /// Ends the load and commits it.
    ///
    /// - Returns: how many rows the server took.
    /// - Throws: `PriceProblem` with code `outputFailed`; then no row was kept.
    @discardableResult
    public func finish() throws -> Int {
        guard !isFinished else { return 0 }
        isFinished = true
        // Without a row nobody has said whose the documents are, and nothing refers to them.
        if let provider {
            outcome.documents.withLock { [documents] in $0 = documents.map { ($0, provider) } }
        }
        do {
            try encoder.finish()
            endRows(areWhole: true)
        } catch {
            // The other thread's own words say more.
            endRows(areWhole: false)
            _ = try outcome.wait()
            throw PriceProblem(.outputFailed, "the load failed: \(error)")
        }
        return try outcome.wait()
    }

    /// Gives the load up: the server forgets its rows.
    public func cancel() {
        guard !isFinished else { return }
        isFinished = true
        endRows(areWhole: false)
        while !outcome.hasEnded(within: .milliseconds(50)) { numbering?.interrupt() }
    }

    private static func load(
        _ parameters: PostgresParameters, _ mode: Mode, _ numbering: DocumentNumbering?, _ channel: BlockChannel,
        _ outcome: LoadOutcome, beforeCommit: (PostgresConnection) throws -> Void
    ) throws -> Int {
        do {
            let connection = try PostgresConnection(parameters)
            defer { connection.close() }
            try connection.execute("BEGIN")
            try numbering?.answer(connection)
            let isEmpty = try makeRoom(mode, connection)
            let names = PriceSchema.columns.map(\.name).joined(separator: ", ")
            let options = isEmpty ? "FORMAT binary, FREEZE" : "FORMAT binary"
            let count = try connection.copyIn("COPY api_price.infra_price (\(names)) FROM STDIN (\(options))") {
                writer in
                while let block = try channel.receive() {
                    // Safety: the block is held until it is written.
                    try writer.write(unsafe block.span.bytes)
                }
            }
            try register(outcome.documents.withLock { $0 }, behind: numbering?.documentsBefore ?? 0, connection)
            let gone = try takeBack(
                outcome.takenBack.withLock(\.self), of: outcome.documents.withLock(\.first)?.1,
                behind: numbering?.documentsBefore ?? 0, connection)
            try beforeCommit(connection)
            try connection.execute("COMMIT")
            return count - gone
        } catch {
            numbering?.fail(error)
            channel.fail(error)
            throw error
        }
    }

    /// Removes the rows of offers that were taken back, of this load alone.
    ///
    /// - Returns: How many rows went.
    private static func takeBack(
        _ offers: [TakenBackOffer], of provider: CloudProvider?, behind documentsBefore: Int32,
        _ connection: PostgresConnection
    ) throws -> Int {
        guard let provider, !offers.isEmpty else { return 0 }
        let list = String(decoding: try JSONEncoder().encode(offers), as: UTF8.self)
        return try connection.execute(
            """
            DELETE FROM api_price.infra_price AS price
            USING json_to_recordset($2::json) AS gone (sku text, offer text)
            WHERE price.cloud_provider = $1 AND price.source_id > $3::integer AND price.sku_id = gone.sku
                AND (price.rate_code = gone.offer OR starts_with(price.rate_code, gone.offer || '.'))
            """, [provider.rawValue, list, String(documentsBefore)])
    }

    /// Removes what the new rows replace.
    ///
    /// - Returns: Whether the table was emptied.
    private static func makeRoom(_ mode: Mode, _ connection: PostgresConnection) throws -> Bool {
        switch mode {
        case .append: return false
        case .replace: break
        case .replaceRows(of: let provider):
            // Two loads that look at the same time would each take the table for its own.
            try connection.execute(
                """
                SET LOCAL lock_timeout = '60s';
                LOCK TABLE api_price.infra_price IN SHARE ROW EXCLUSIVE MODE;
                SET LOCAL lock_timeout = 0
                """)
            let others = "SELECT EXISTS (SELECT FROM api_price.infra_price WHERE cloud_provider <> $1)"
            guard try connection.query(others, [provider.rawValue]).first?[0] == "t" else { break }
            for table in ["infra_price", "price_source"] {
                try connection.execute(
                    "DELETE FROM api_price.\(table) WHERE cloud_provider = $1", [provider.rawValue])
            }
            return false
        }
        try connection.execute("TRUNCATE api_price.infra_price")
        try connection.execute("DELETE FROM api_price.price_source")
        return true
    }

    private static func register(
        _ documents: [(PriceSourceDocument, CloudProvider)], behind documentsBefore: Int32,
        _ connection: PostgresConnection
    ) throws {
        for (document, provider) in documents {
            try connection.execute(
                """
                INSERT INTO api_price.price_source (cloud_provider, source_id, path, version, published)
                VALUES ($1, $2, $3, $4, to_timestamp($5::numeric / 1000000))
                """,
                [
                    provider.rawValue, String(Int64(documentsBefore) + Int64(document.id)), document.path,
                    document.version,
                    document.published.map { String($0.microseconds) },
                ])
        }
    }
}
