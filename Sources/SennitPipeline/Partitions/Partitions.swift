/// Into which parts the work of a pipeline falls: a run of it is about one day, one month, or one of a list.
///
/// The part is a parameter of the pipeline, which the steps that depend on it declare like any other:
///
/// ```swift
/// let words = try Pipeline("words", partitions: .daily("day", from: CalendarDate("2026-01-01")), steps: [
///     Step("fetch", Fetch(), outputs: ["words.txt"], parameters: ["day"]),
/// ])
/// ```
///
/// The value of the parameter is the first day, or the hour, of the part, and it names the partition.
public struct Partitions: Sendable, Hashable {
    enum Unit: Hashable { case hour, day, week, month }

    enum Kind: Hashable {
        /// The numbers of the first and the last partition, counted in the unit from 1970.
        case times(Unit, first: Int?, last: Int?)
        case list([String])
    }

    let kind: Kind
    /// The parameter whose value names the partition.
    public let parameter: Parameter

    /// One partition for each hour, in UTC.
    ///
    /// - Parameters:
    ///   - parameter: The name of the parameter, of type `hour`.
    ///   - first: The first hour there is; nil for no limit.
    ///   - last: The last hour there is; nil for no limit.
    /// - Returns: The partitions.
    public static func hourly(
        _ parameter: String, from first: CalendarHour? = nil, through last: CalendarHour? = nil
    ) -> Partitions {
        Partitions(
            kind: .times(.hour, first: first?.hoursSince1970, last: last?.hoursSince1970),
            parameter: Parameter(parameter, .hour, summary: "The hour that the run is for."))
    }

    /// One partition for each day.
    ///
    /// - Parameters:
    ///   - parameter: The name of the parameter, of type `date`.
    ///   - first: The first day there is; nil for no limit.
    ///   - last: The last day there is; nil for no limit.
    /// - Returns: The partitions.
    public static func daily(
        _ parameter: String, from first: CalendarDate? = nil, through last: CalendarDate? = nil
    ) -> Partitions { dates(parameter, .day, first, last, "The day that the run is for.") }

    /// One partition for each week from Monday to Sunday.
    ///
    /// - Parameters:
    ///   - parameter: The name of the parameter, of type `date`: the week's Monday.
    ///   - first: A day of the first week there is; nil for no limit.
    ///   - last: A day of the last week there is; nil for no limit.
    /// - Returns: The partitions.
    public static func weekly(
        _ parameter: String, from first: CalendarDate? = nil, through last: CalendarDate? = nil
    ) -> Partitions { dates(parameter, .week, first, last, "The Monday of the week that the run is for.") }

    /// One partition for each month.
    ///
    /// - Parameters:
    ///   - parameter: The name of the parameter, of type `date`: the month's first day.
    ///   - first: A day of the first month there is; nil for no limit.
    ///   - last: A day of the last month there is; nil for no limit.
    /// - Returns: The partitions.
    public static func monthly(
        _ parameter: String, from first: CalendarDate? = nil, through last: CalendarDate? = nil
    ) -> Partitions { dates(parameter, .month, first, last, "The first day of the month that the run is for.") }

    /// One partition for each text of a list.
    ///
    /// - Parameters:
    ///   - parameter: The name of the parameter.
    ///   - keys: The partitions, in order: letters, digits, `.`, `_` and `-`, but not `..`.
    /// - Returns: The partitions.
    public static func list(_ parameter: String, _ keys: [String]) -> Partitions {
        Partitions(
            kind: .list(keys), parameter: Parameter(parameter, .oneOf(keys), summary: "The part that the run is for."))
    }

    private static func dates(
        _ parameter: String, _ unit: Unit, _ first: CalendarDate?, _ last: CalendarDate?, _ summary: String
    ) -> Partitions {
        Partitions(
            kind: .times(
                unit, first: first.map { unit.number(ofHour: $0.daysSince1970 * 24) },
                last: last.map { unit.number(ofHour: $0.daysSince1970 * 24) }),
            parameter: Parameter(parameter, .date, summary: summary))
    }

    /// What is wrong with them, after "has partitions"; nil if nothing is.
    var problem: String? {
        switch kind {
        case .times(_, let first?, let last?) where first > last: return "that end before they begin"
        case .times: return nil
        case .list(let keys):
            if keys.isEmpty || Set(keys).count != keys.count { return "that are not a list with each key once" }
            if keys.count > PartitionRange.limit { return "that are more than 10,000" }
            let wrong = keys.first { key in
                (try? NameRule.check(key, "partition")) == nil || PartitionText.firstDots(in: Array(key.utf8)) != nil
            }
            return wrong.map {
                "of which one is called '\($0)': a name has 1 to 100 letters, digits, '.', '_' or '-', does not begin "
                    + "with '.' and does not contain '..'"
            }
        }
    }

    /// What one of them is called.
    var noun: String {
        switch kind {
        case .times(.hour, _, _): "hour"
        case .times(.day, _, _): "day"
        case .times(.week, _, _): "week"
        case .times(.month, _, _): "month"
        case .list: "'\(parameter.name)'"
        }
    }

    var example: String {
        switch kind {
        case .times(.hour, _, _): "2026-01-31T05"
        case .times(.day, _, _), .times(.week, _, _): "2026-01-31"
        case .times(.month, _, _): "2026-01"
        case .list(let keys): keys[0]
        }
    }

    var rangeExample: String {
        switch kind {
        case .times(.hour, _, _): "2026-01-31T00..2026-01-31T05"
        case .times(.day, _, _), .times(.week, _, _): "2026-01-01..2026-01-31"
        case .times(.month, _, _): "2026-01..2026-03"
        case .list(let keys): keys.count > 1 ? "\(keys[0])..\(keys[keys.count - 1])" : ".."
        }
    }

    /// Makes sure that a value is the beginning of a partition that there is.
    ///
    /// - Throws: ``PipelineError`` with `invalidPartition`.
    func check(_ value: ParameterValue, of pipeline: String) throws {
        guard case .times(let unit, let first, let last) = kind, let hour = value.hoursSince1970 else { return }
        let number = unit.number(ofHour: hour)
        guard unit.hour(ofNumber: number) == hour else {
            throw PipelineError(
                .invalidPartition,
                "'\(value.text)' is not the first day of a \(noun), which parameter '\(parameter.name)' of pipeline "
                    + "'\(pipeline)' has to be; it lies in the one that begins on '\(key(number))'.")
        }
        if first.map({ number < $0 }) ?? false || last.map({ number > $0 }) ?? false {
            throw outside(pipeline, value.text)
        }
    }

    func outside(_ pipeline: String, _ text: String) -> PipelineError {
        guard case .times(_, let first, let last) = kind else { return PipelineError(.invalidPartition, "") }
        let limits = [first.map { "begin with '\(key($0))'" }, last.map { "end with '\(key($0))'" }].compactMap(\.self)
        return PipelineError(
            .invalidPartition,
            "Pipeline '\(pipeline)' has no \(noun) '\(text)': its partitions \(limits.joined(separator: " and ")).")
    }

    /// The name of the partition of a number.
    func key(_ number: Int) -> String {
        switch kind {
        case .list(let keys): keys[number]
        case .times(let unit, _, _): unit.key(number)
        }
    }
}

extension Partitions.Unit {
    /// The number of the partition in which an hour since 1970 lies.
    func number(ofHour hour: Int) -> Int {
        let days = DateDigits.floorDivide(hour, 24)
        switch self {
        case .hour: return hour
        case .day: return days
        // 1 January 1970 was a Thursday.
        case .week: return DateDigits.floorDivide(days + 3, 7)
        case .month:
            guard let date = CalendarDate(daysSince1970: days) else { return 0 }
            return date.year * 12 + date.month - 1
        }
    }

    /// The first hour since 1970 of a partition; outside of the calendar's years, its end.
    func hour(ofNumber number: Int) -> Int {
        switch self {
        case .hour: return number
        case .day: return number * 24
        case .week: return (number * 7 - 3) * 24
        case .month:
            let date = CalendarDate(year: number / 12, month: number % 12 + 1, day: 1)
            return (date?.daysSince1970 ?? CalendarDate.range.upperBound + 1) * 24
        }
    }

    func key(_ number: Int) -> String {
        let hour = CalendarHour(hoursSince1970: hour(ofNumber: number))
        return (self == .hour ? hour.map { "\($0)" } : hour.map { "\($0.date)" }) ?? "\(number)"
    }
}

extension ParameterValue {
    /// When it begins, in hours since 1970; nil for what is not a time.
    var hoursSince1970: Int? {
        switch self {
        case .date(let date): date.daysSince1970 * 24
        case .hour(let hour): hour.hoursSince1970
        case .string, .integer, .decimal, .boolean, .duration: nil
        }
    }
}
