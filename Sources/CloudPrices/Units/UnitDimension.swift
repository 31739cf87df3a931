/// What kind of amount a unit counts: things, or things for a stretch of time.
///
/// A price per `GB` pays for an amount, one per `GB/Month` or `GB Hours` for holding an amount for a time. A rate and a
/// product mean the same here: a `Unit/Hour` and a `Unit Hour` both pay for one unit during one hour.
public struct UnitDimension: Hashable, Sendable {
    /// What is counted, as the unit writes it: `GB`, `vCPU`, `Requests`; empty where only time is counted.
    public var thing: String
    /// The stretch of time that one unit covers; `nil` if time is no part of it.
    public var time: UnitTime?
    /// How many of those stretches one unit covers: 10 of `Units/10 Days`.
    public var timeCount: Int

    /// Reads the dimension from a unit's name; every name has one.
    ///
    /// A name that ends with a stretch of time has that time; anything else counts things.
    ///
    /// - Parameter name: A normalized unit, or a unit as people write it: `GB/Month`, `vCPU hour`, `seats per month`.
    public init(ofUnit name: String) {
        let separators = " /-".utf8
        var words = name.utf8.split { separators.contains($0) }.map { String(decoding: $0, as: UTF8.self) }
        guard let last = words.last, let time = UnitTime(word: last) else {
            (thing, self.time, timeCount) = (name, nil, 1)
            return
        }
        words.removeLast()
        var count = 1
        if let number = words.last.flatMap({ Int($0) }), number > 0 {
            count = number
            words.removeLast()
        }
        if words.last == "per" || words.last == "a" { words.removeLast() }
        (thing, self.time, timeCount) = (words.joined(separator: " "), time, count)
    }
}

/// A stretch of time that units are priced by.
public enum UnitTime: String, Sendable, Hashable, CaseIterable {
    /// The stretches of time, from the shortest to the longest.
    case second, minute, hour, day, week, month, year

    /// Reads a word such as `Hours`, `Hrs` or `Mo`; `nil` if it is not a stretch of time.
    init?(word: String) {
        switch word.lowercased() {
        case "second", "seconds", "sec", "secs": self = .second
        case "minute", "minutes", "min", "mins": self = .minute
        case "hour", "hours", "hr", "hrs", "h": self = .hour
        case "day", "days": self = .day
        case "week", "weeks": self = .week
        case "month", "months", "mo": self = .month
        case "year", "years": self = .year
        default: return nil
        }
    }
}

extension NormalisedUnit {
    /// What kind of amount it counts.
    public var dimension: UnitDimension { UnitDimension(ofUnit: name) }
}
