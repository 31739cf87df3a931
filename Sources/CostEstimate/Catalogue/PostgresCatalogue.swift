public import CloudPrices
public import PostgresClient

/// Prices in a database that a scrape or an aggregation has filled.
///
/// It has one connection, opened with the first question and closed with the catalogue. A question blocks while the
/// server answers.
public actor PostgresCatalogue: PriceCatalogue {
    /// Prices that one line may choose from; more means that it says too little.
    public static let maximumRows = 50_000

    private let parameters: PostgresParameters
    private var connection: PostgresConnection?

    /// Makes a catalogue; nothing is connected to yet.
    public init(_ parameters: PostgresParameters) { self.parameters = parameters }

    /// The prices of the line's provider, narrowed by whatever else the line says of the indexed columns.
    public func rows(for line: BillLine) async throws -> [PriceRow] {
        do {
            let connection = try connection ?? PostgresConnection(parameters)
            self.connection = connection
            let question = Self.question(for: line)
            let answer = try connection.query(question.sql, question.parameters)
            guard answer.count <= Self.maximumRows else {
                throw EstimateError(
                    .ambiguous, "more than \(Self.maximumRows) prices could be meant; say its service, region or sku",
                    line: line.name)
            }
            return try answer.map { try Self.row(of: $0) }
        } catch let error as PostgresError {
            throw EstimateError(.catalogue, "the prices cannot be read: \(error)", line: line.name)
        }
    }

    private static let columns = [
        "p.cloud_provider", "sku_id", "rate_code", "service", "region", "product_family", "sku_name", "description",
        "attributes", "term", "term_months", "purchase_option", "offering_class", "charge", "start_usage_amount",
        "end_usage_amount", "coalesce(published_price, price::text)", "currency", "unit", "normalised_unit",
        "unit_block", "(extract(epoch FROM effective_from) * 1000000)::bigint",
        "(extract(epoch FROM effective_to) * 1000000)::bigint", "s.path", "source_offset",
    ]

    /// The question for a line, with its parameters.
    private static func question(for line: BillLine) -> (sql: String, parameters: [String?]) {
        var parameters: [String?] = [line.provider.rawValue, line.term.rawValue]
        var conditions = "p.cloud_provider = $1 AND term = $2"
        for (column, value) in [("service", line.service), ("region", line.region), ("sku_id", line.sku)] {
            guard let value else { continue }
            parameters.append(value)
            conditions += " AND \(column) = $\(parameters.count)"
        }
        let sql = """
            SELECT \(columns.joined(separator: ", ")) FROM api_price.infra_price p
            LEFT JOIN api_price.price_source s ON s.cloud_provider = p.cloud_provider AND s.source_id = p.source_id
            WHERE \(conditions) LIMIT \(maximumRows + 1)
            """
        return (sql, parameters)
    }

    private static func row(of row: PostgresClient.PostgresRow) throws -> PriceRow {
        func text(_ index: Int) throws -> String {
            guard let text = row[index] else {
                throw EstimateError(.catalogue, "the column \(columns[index]) of a price is empty")
            }
            return text
        }
        func known<Value>(_ index: Int, _ read: (String) -> Value?) throws -> Value {
            let text = try text(index)
            guard let value = read(text) else {
                throw EstimateError(.catalogue, "the column \(columns[index]) of a price is '\(text)'")
            }
            return value
        }
        func number(_ text: String) -> ExactDecimal? { try? ExactDecimal(text) }
        func moment(_ text: String) -> PriceInstant? { Int64(text).map { PriceInstant(microseconds: $0) } }
        return PriceRow(
            provider: CloudProvider(rawValue: try text(0)), sku: try text(1), rateCode: try text(2),
            service: try text(3), region: try text(4), productFamily: row[5], skuName: row[6], description: row[7],
            attributes: row[8], term: try known(9) { PriceTerm(rawValue: $0) }, termMonths: row[10].flatMap { Int($0) },
            purchaseOption: row[11], offeringClass: row[12], charge: try known(13) { PriceCharge(rawValue: $0) },
            tierStart: try known(14, number), tierEnd: row[15].flatMap(number), price: try known(16, number),
            currency: try text(17), unit: try text(18), normalisedUnit: try text(19),
            unitBlock: try known(20) { Int64($0) }, effectiveFrom: row[21].flatMap(moment),
            effectiveTo: row[22].flatMap(moment), source: row[23] ?? "", sourceOffset: try known(24) { Int($0) })
    }
}
