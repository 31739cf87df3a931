import ByteText
internal import ConfigurationReading

/// Which partitions somebody has asked for.
public struct PartitionSelection: Sendable, Hashable {
    /// The partitions, each once, in the order in which they were asked for.
    public let keys: [String]
    /// Whether more than one could have been meant: a range, a list, or a time that has several in it.
    public let isRange: Bool
}

extension Pipeline {
    /// The partitions that a text names.
    ///
    /// | text | means |
    /// |---|---|
    /// | `2026-01-31`, `2026-01-31T05`, `eu` | one partition, or the one in which that time lies |
    /// | `2026-01`, `2026` | all partitions that begin in that month or year |
    /// | `2026-01-01..2026-01-31`, `eu..us` | from one to the other, both included |
    /// | `2026-01-01..`, `..eu`, `..` | to the last, from the first, or all, where there is a last or a first |
    /// | `eu,us`, `2026-01-01,2026-02` | several of these |
    ///
    /// - Parameter texts: One or more such texts.
    /// - Returns: The partitions, at most 10,000.
    /// - Throws: ``PipelineError`` with `invalidPartition`: no such partition, a range that ends before it begins, or
    ///   more than 10,000.
    public func partitions(_ texts: String...) throws -> PartitionSelection { try partitions(in: texts) }

    /// The partitions that several such texts name, each partition once.
    public func partitions(in texts: [String]) throws -> PartitionSelection {
        guard let partitions else {
            throw PipelineError(
                .invalidPartition,
                "Pipeline '\(name)' has no partitions, so it cannot run for '\(texts.joined(separator: ","))'. "
                    + "Its declaration says 'partitions: .daily(…)', or another kind, where it has some.")
        }
        var ranges: [PartitionRange] = []
        var count = 0
        var pieces = 0
        for text in texts {
            for piece in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
                let reader = PartitionText(partitions: partitions, pipeline: name)
                let range = try reader.range(Substring(piece).bytes.trimmed.string)
                ranges.append(range)
                count += range.numbers.count
                pieces += 1
                guard count <= PartitionRange.limit else { throw reader.tooMany(count) }
            }
        }
        var seen: Set<Int> = []
        let numbers = ranges.flatMap(\.numbers).filter { seen.insert($0).inserted }
        return PartitionSelection(
            keys: numbers.map(partitions.key), isRange: pieces > 1 || ranges.contains(where: \.isRange))
    }
}

/// Partitions that follow one another, by their numbers.
struct PartitionRange: Hashable {
    /// The most partitions that can be asked for at once.
    static let limit = 10_000

    let numbers: ClosedRange<Int>
    /// Whether it was written as a range, or as a time that has several partitions in it.
    let isRange: Bool
}

/// Reads what is written for partitions.
struct PartitionText {
    let partitions: Partitions
    let pipeline: String

    /// Where two dots begin; nil if there are none.
    static func firstDots(in bytes: [UInt8]) -> Int? {
        bytes.indices.dropLast().first { bytes[$0] == 0x2E && bytes[$0 + 1] == 0x2E }
    }

    func range(_ text: String) throws -> PartitionRange {
        let bytes = Array(text.utf8)
        guard let dots = PartitionText.firstDots(in: bytes) else {
            let numbers = try limited(try numbers(text), text)
            return PartitionRange(numbers: numbers, isRange: numbers.count > 1)
        }
        let left = String(decoding: bytes[..<dots], as: UTF8.self)
        let right = String(decoding: bytes[(dots + 2)...], as: UTF8.self)
        let first = left.isEmpty ? try end(\.first, "first", text) : try numbers(left).lowerBound
        let last = right.isEmpty ? try end(\.last, "last", text) : try numbers(right).upperBound
        guard first <= last else {
            throw PipelineError(
                .invalidPartition,
                "The range '\(text)' ends before it begins. The earlier \(partitions.noun) comes first"
                    + (left.isEmpty || right.isEmpty ? "." : ": write --for \(right)..\(left)."))
        }
        return PartitionRange(numbers: try limited(first...last, text), isRange: true)
    }

    func tooMany(_ count: Int) -> PipelineError {
        PipelineError(
            .invalidPartition,
            "That is \(count) partitions of pipeline '\(pipeline)'; at most 10,000 can run at once. Ask for fewer.")
    }

    private func limited(_ numbers: ClosedRange<Int>, _ text: String) throws -> ClosedRange<Int> {
        guard numbers.count <= PartitionRange.limit else { throw tooMany(numbers.count) }
        guard case .times(_, let first, let last) = partitions.kind else { return numbers }
        if first.map({ numbers.lowerBound < $0 }) ?? false || last.map({ numbers.upperBound > $0 }) ?? false {
            throw partitions.outside(pipeline, text)
        }
        return numbers
    }

    /// The first or the last partition there is.
    private func end(_ end: KeyPath<PartitionEnds, Int?>, _ word: String, _ text: String) throws -> Int {
        if let number = partitions.ends[keyPath: end] { return number }
        throw PipelineError(
            .invalidPartition,
            "The range '\(text)' is open, and the partitions of pipeline '\(pipeline)' have no \(word) one. Write both "
                + "ends, such as --for \(partitions.rangeExample).")
    }

    /// The partitions of a text without dots.
    private func numbers(_ text: String) throws -> ClosedRange<Int> {
        switch partitions.kind {
        case .list(let keys):
            if let number = keys.firstIndex(where: { $0.utf8.elementsEqual(text.utf8) }) { return number...number }
            let shown = keys.count > 20 ? keys.prefix(20).joined(separator: ", ") + ", …" : keys.joined(separator: ", ")
            throw PipelineError(
                .invalidPartition,
                "Pipeline '\(pipeline)' has no partition '\(text.prefix(200))'; it has \(shown)."
                    + NameSuggestion.question(text, among: keys))
        case .times(let unit, _, _): return try CalendarPeriod(text, partitions).numbers(in: unit)
        }
    }
}

/// The first and the last of some partitions, where there are such.
struct PartitionEnds {
    let first: Int?
    let last: Int?
}

extension Partitions {
    var ends: PartitionEnds {
        switch kind {
        case .times(_, let first, let last): PartitionEnds(first: first, last: last)
        case .list(let keys): PartitionEnds(first: 0, last: keys.count - 1)
        }
    }
}

/// An hour, a day, a month or a year, as hours since 1970.
private struct CalendarPeriod {
    let hours: Range<Int>

    /// Reads `2026`, `2026-01`, `2026-01-31` or `2026-01-31T05`.
    init(_ text: String, _ partitions: Partitions) throws {
        if let hour = CalendarHour(text) {
            hours = hour.hoursSince1970..<hour.hoursSince1970 + 1
        } else if let date = CalendarDate(text) {
            hours = date.daysSince1970 * 24..<(date.daysSince1970 + 1) * 24
        } else if let numbers = DateDigits.numbers(in: text, widths: [4, 2], separators: [DateDigits.dash]),
            let first = CalendarDate(year: numbers[0], month: numbers[1], day: 1)
        {
            let days = CalendarDate.days(inMonth: first.month, of: first.year)
            hours = first.daysSince1970 * 24..<(first.daysSince1970 + days) * 24
        } else if let numbers = DateDigits.numbers(in: text, widths: [4], separators: []),
            let first = CalendarDate(year: numbers[0], month: 1, day: 1),
            let last = CalendarDate(year: numbers[0], month: 12, day: 31)
        {
            hours = first.daysSince1970 * 24..<(last.daysSince1970 + 1) * 24
        } else {
            throw PipelineError(
                .invalidPartition,
                "\(CalendarPeriod.problem(with: text)), a range like \(partitions.rangeExample), or a whole month "
                    + "like 2026-01.")
        }
    }

    private static func problem(with text: String) -> String {
        let hour = DateDigits.numbers(
            in: text, widths: [4, 2, 2, 2], separators: [DateDigits.dash, DateDigits.dash, DateDigits.letterT])
        if hour != nil, CalendarDate(String(text.prefix(10))) != nil {
            return "'\(text)' is not an hour: a day has the hours 00 to 23; write it like 2026-01-31T05"
        }
        let words = CalendarDate.problem(with: hour == nil ? String(text.prefix(200)) : String(text.prefix(10)))
        return words.bytes.holds("write it") ? words : words + "; write it like 2026-01-31"
    }

    /// The partition in which it lies, or the partitions that begin in it if it is longer than one.
    func numbers(in unit: Partitions.Unit) -> ClosedRange<Int> {
        let first = unit.number(ofHour: hours.lowerBound)
        let last = unit.number(ofHour: hours.upperBound - 1)
        let beginsBefore = unit.hour(ofNumber: first) < hours.lowerBound
        return (beginsBefore && last > first ? first + 1 : first)...last
    }
}
