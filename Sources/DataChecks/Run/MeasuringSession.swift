import ByteText
import PostgresClient

/// A transaction that only reads, in which measurements are made, each once.
struct MeasuringSession {
    let connection: PostgresConnection
    let options: CheckRun.Options

    private var results: [Measurement: Result<Measured, JudgementError>] = [:]
    /// How many statements with results were run.
    private(set) var statements = 0

    init(connection: PostgresConnection, options: CheckRun.Options) {
        self.connection = connection
        self.options = options
    }

    /// How many expressions one statement may have.
    private static let maximumExpressions = 400

    /// Starts the transaction.
    ///
    /// - Throws: Why the database cannot be used.
    func begin() throws(PostgresError) {
        guard !connection.isInTransaction else {
            throw PostgresError(.misuse, "the connection is in a transaction; end it before checks are run")
        }
        let milliseconds = max(1, options.statementTimeout / .milliseconds(1))
        let state = options.snapshot.map { "SET TRANSACTION SNAPSHOT \(PostgresSyntax.literal($0)); " } ?? ""
        var sql = """
            BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \(state)\
            SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; \
            SET LOCAL statement_timeout = \(Int(min(milliseconds, 2e9))); SET LOCAL work_mem = '64MB'; \
            SET LOCAL jit = off; SET LOCAL cursor_tuple_fraction = 1
            """
        if let schema = options.schema {
            sql += "; SET LOCAL search_path = \(PostgresSyntax.identifier(schema))"
        }
        do {
            try connection.execute(sql)
        } catch {
            end()
            throw error
        }
    }

    /// Ends the transaction; nothing was written that could be lost.
    func end() { _ = try? connection.execute("ROLLBACK") }

    /// Makes measurements, all aggregates of one dataset by one statement.
    mutating func measure(_ measurements: [Measurement]) {
        var order: [Dataset] = []
        var expressions: [Dataset: [String]] = [:]
        for case .aggregate(let dataset, let expression) in measurements {
            if expressions[dataset] == nil { order.append(dataset) }
            if expressions[dataset]?.contains(where: { $0.bytes == expression.bytes }) != true {
                expressions[dataset, default: []].append(expression)
            }
        }
        for dataset in order {
            var rest = (expressions[dataset] ?? [])[...]
            while !rest.isEmpty {
                measure(Array(rest.prefix(Self.maximumExpressions)), of: dataset)
                rest = rest.dropFirst(Self.maximumExpressions)
            }
        }
        for measurement in measurements { _ = result(of: measurement) }
    }

    /// The result of a measurement, which is made if it was not before.
    mutating func result(of measurement: Measurement) -> Result<Measured, JudgementError> {
        if let known = results[measurement] { return known }
        let result: Result<Measured, JudgementError>
        switch measurement {
        case .aggregate(let dataset, let expression):
            result = read { connection throws(PostgresError) in
                Measured(try connection.query("SELECT \(expression) \(dataset.from())"))
            }
        case .firstRow(let sql):
            result = read { connection throws(PostgresError) in Measured(try connection.query(sql), limit: 1) }
        case .rows(let sql, let limit):
            result = read { connection throws(PostgresError) in
                try connection.measure(sql, rows: limit + 1, countsAll: false)
            }
        case .offending(let sql, let samples, let table):
            let samples = min(samples, options.maximumSamples)
            result = read { connection throws(PostgresError) in
                if let table, try connection.query("SELECT to_regclass($1)", [table]).first?[0] == nil {
                    return Measured(isAbsent: true)
                }
                return try connection.measure(sql, rows: samples, countsAll: true)
            }
        }
        results[measurement] = result
        return result
    }

    /// Every number that was measured, by the text of what was measured.
    var metrics: [String: Double] {
        var metrics: [String: Double] = [:]
        for case (let measurement, .success(let measured)) in results {
            guard measured.rows.count == 1, let value = try? measured.first.checkValue() else { continue }
            if value.double.isFinite { metrics[measurement.identity] = value.double }
        }
        return metrics
    }

    /// One pass for several expressions; if the database refuses them together, each is tried alone later on.
    private mutating func measure(_ expressions: [String], of dataset: Dataset) {
        let list = expressions.joined(separator: ", ")
        let result = read { connection throws(PostgresError) in
            Measured(try connection.query("SELECT \(list) \(dataset.from())"))
        }
        guard case .success(let measured) = result, let row = measured.rows.first, row.count == expressions.count else {
            return
        }
        for (expression, value) in zip(expressions, row) {
            results[.aggregate(dataset, expression)] = .success(Measured(rows: [[value]], total: 1))
        }
    }

    /// Runs statements within a savepoint, so that an error ends them and not the transaction.
    private mutating func read(
        _ body: (PostgresConnection) throws(PostgresError) -> Measured
    ) -> Result<Measured, JudgementError> {
        statements += 1
        do {
            try connection.execute("SAVEPOINT measurement")
            let measured = try body(connection)
            try connection.execute("RELEASE SAVEPOINT measurement")
            return .success(measured)
        } catch {
            _ = try? connection.execute("ROLLBACK TO SAVEPOINT measurement")
            return .failure(JudgementError(error.description))
        }
    }
}

extension PostgresConnection {
    /// Rows of a query through a cursor: the first ones are read, the others at most counted.
    fileprivate func measure(_ sql: String, rows: Int, countsAll: Bool) throws(PostgresError) -> Measured {
        try execute("DECLARE measurement NO SCROLL CURSOR FOR \(sql)", [])
        var measured = Measured(try query("FETCH FORWARD \(rows) FROM measurement"))
        if countsAll { measured.total += try execute("MOVE FORWARD ALL FROM measurement") }
        try execute("CLOSE measurement")
        return measured
    }
}

extension Measured {
    init(_ result: PostgresRows, limit: Int = .max) {
        self.init(
            columns: result.columns.map(\.name),
            rows: result.prefix(limit).map { row in
                result.columns.indices.map { DatabaseValue(row[$0], type: result.columns[$0].typeNumber) }
            }, total: result.count)
    }
}
