import ByteText

/// What a check's line says, before its options are looked at.
package enum CheckLine: Sendable, Hashable {
    case schema
    case failedRows
    case groupBy
    case tiers
    case jump
    case rowCountSame(table: String, filter: String?)
    case reference(columns: [String], mustExist: Bool, table: String, targets: [String])
    case metric(MetricCall, WrittenThreshold?)
    case change(ChangeBase, MetricCall, WrittenThreshold?)
}

/// A metric with what stands in its parentheses.
package struct MetricCall: Sendable, Hashable {
    package var name: String
    package var arguments: [String]

    package init(name: String, arguments: [String]) {
        self.name = name
        self.arguments = arguments
    }
}

/// What a change is counted from.
package struct ChangeBase: Sendable, Hashable {
    package enum Aggregation: String, Sendable, Hashable { case avg, min, max }

    /// How many good runs count, and how they become one number; nil for the run of a week ago.
    package var last: Int?
    package var aggregation: Aggregation
    package var isPercent: Bool

    package init(last: Int?, aggregation: Aggregation, isPercent: Bool) {
        self.last = last
        self.aggregation = aggregation
        self.isPercent = isPercent
    }
}

extension CheckLine {
    /// Reads a line.
    package static func parse(_ line: String) throws(LineError) -> CheckLine {
        switch line.bytes.words.map(\.string).joined(separator: " ").bytes {
        case "schema": return .schema
        case "failed rows": return .failedRows
        case "group by": return .groupBy
        case "tiers": return .tiers
        case "jump": return .jump
        default: break
        }
        var scanner = LineScanner(line)
        try refuseUnsupported(&scanner)
        if scanner.accept(words: "row_count", "same", "as") { return try rowCountSame(&scanner) }
        if scanner.accept(words: "values", "in") { return try reference(&scanner) }
        if scanner.accept(words: "change") {
            let base = try changeBase(&scanner)
            let call = try metricCall(&scanner)
            return .change(base, call, try threshold(&scanner))
        }
        let call = try metricCall(&scanner)
        return .metric(call, try threshold(&scanner))
    }

    /// Kinds of SodaCL that exist and are not run here: said by name, so that nobody takes them for a misspelling.
    private static func refuseUnsupported(_ scanner: inout LineScanner) throws(LineError) {
        let unsupported: [(ByteText, String)] = [
            ("anomaly", "anomaly checks; use 'change percent for …' or 'jump'"),
            ("distribution_difference", "distribution checks; use percentiles or 'share'"),
            ("reconciliation", "reconciliation checks; use 'values in … must exist in …' or 'jump'"),
            ("group evolution", "group evolution checks; use 'group by' or a reference"),
            ("freshness using", "the old form of freshness; write freshness(column) < 1d"),
            ("$", "check templates; write the check out"),
        ]
        for (start, what) in unsupported where scanner.rest.bytes.hasStart(start) {
            throw scanner.error("SodaCL's \(what)")
        }
    }

    private static func rowCountSame(_ scanner: inout LineScanner) throws(LineError) -> CheckLine {
        let table = try scanner.qualifiedIdentifier("a table")
        let filter = try scanner.bracketed("the filter's name")
        guard !scanner.accept(words: "in") else {
            throw scanner.error("tables of another data source are out of reach; load both into one database")
        }
        try scanner.expectEnd()
        return .rowCountSame(table: table, filter: filter)
    }

    private static func reference(_ scanner: inout LineScanner) throws(LineError) -> CheckLine {
        let columns = try scanner.identifiers("the columns")
        guard scanner.accept(words: "must") else {
            throw scanner.error("expected 'must exist in' or 'must not exist in'")
        }
        let mustExist = !scanner.accept(words: "not")
        guard scanner.accept(words: "exist", "in") else { throw scanner.error("expected 'exist in'") }
        let table = try scanner.qualifiedIdentifier("a table")
        let targets = try scanner.identifiers("the columns of \(table)")
        try scanner.expectEnd()
        guard columns.count == targets.count else {
            throw scanner.error("\(columns.count) columns on the left, \(targets.count) on the right")
        }
        return .reference(columns: columns, mustExist: mustExist, table: table, targets: targets)
    }

    private static func changeBase(_ scanner: inout LineScanner) throws(LineError) -> ChangeBase {
        var base = ChangeBase(last: 1, aggregation: .min, isPercent: scanner.accept(words: "percent"))
        if scanner.accept(words: "same", "day", "last", "week") {
            base.last = nil
        } else {
            for aggregation in [ChangeBase.Aggregation.avg, .min, .max]
            where scanner.accept(words: aggregation.rawValue, "last") {
                guard let count = scanner.number(), (1...1000).contains(count), count == count.rounded() else {
                    throw scanner.error("expected how many runs, from 1 to 1000")
                }
                base.last = Int(count)
                base.aggregation = aggregation
            }
        }
        if scanner.accept(words: "percent") { base.isPercent = true }
        guard scanner.accept(words: "for") else {
            throw scanner.error("expected 'for' and a metric, as in change percent for row_count < 5")
        }
        return base
    }

    private static func metricCall(_ scanner: inout LineScanner) throws(LineError) -> MetricCall {
        let name = try scanner.identifier("a metric such as row_count or missing_count(column)")
        var arguments: [String] = []
        if scanner.accept("(") {
            repeat {
                if let number = scanner.number() {
                    arguments.append(number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)")
                } else {
                    arguments.append(try scanner.identifier("a column"))
                }
            } while scanner.accept(",")
            try scanner.expect(")", "after the metric's columns")
        }
        return MetricCall(name: name, arguments: arguments)
    }

    private static func threshold(_ scanner: inout LineScanner) throws(LineError) -> WrittenThreshold? {
        scanner.skipBlanks()
        return scanner.isAtEnd ? nil : try scanner.threshold()
    }
}
