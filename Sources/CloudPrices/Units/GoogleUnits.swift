/// A usage unit of Google's catalog, which writes units as UCUM does: `h`, `GiBy.mo`, `count`.
///
/// Only the part of UCUM that price lists use is read: one thing, one stretch of time, or a thing times a stretch of
/// time. Anything else is unknown.
public struct GoogleUsageUnit: Hashable, Sendable {
    /// The unit in the words that all providers share: `GiB/Month` for `GiBy.mo`, `GiB Hours` for `GiBy.h`.
    public let name: String
    /// The unit that Google meters in: `By.s` for `GiBy.mo`.
    public let baseUnit: String
    /// How many base units one usage unit is; a month counts 31 days, as in the catalog.
    public let baseUnits: Int64
    /// Whether a month or a year is in it: providers disagree on how long one is.
    public let isCalendar: Bool

    /// Reads a unit as published; `nil` if it is not known.
    public init?(_ published: String) {
        let parts = published.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, parts.count <= 2 else { return nil }
        guard parts.count == 2 else {
            guard let alone = Self.things[first] ?? Self.times[first]?.alone else { return nil }
            (name, baseUnit, baseUnits) = (alone.name, alone.base, alone.factor)
            isCalendar = Self.times[first]?.isCalendar ?? false
            return
        }
        guard let thing = Self.things[first], let time = Self.times[parts[1]] else { return nil }
        let (product, overflow) = thing.factor.multipliedReportingOverflow(by: time.alone.factor)
        guard !overflow else { return nil }
        name = thing.singular + (time.isRate ? "/" + time.singular : " " + time.alone.name)
        baseUnit = thing.base + ".s"
        baseUnits = product
        isCalendar = time.isCalendar
    }

    /// Whether the catalog's own conversion is the one that is known.
    ///
    /// A month may have 28 to 31 days and a year 365 or 366, since that is no other unit.
    package func agrees(baseUnit: String, factor: String) -> Bool {
        guard baseUnit == self.baseUnit, let factor = try? ExactDecimal(factor) else { return false }
        let known = ExactDecimal(coefficient: Int128(baseUnits), scale: 0)
        guard isCalendar else { return factor == known }
        let least = ExactDecimal(coefficient: Int128(baseUnits) / 31 * 28, scale: 0)
        let most = ExactDecimal(coefficient: Int128(baseUnits) / 365 * 366, scale: 0)
        return least <= factor && factor <= max(known, most)
    }

    private struct Thing {
        var name: String
        var singular: String
        var base: String
        var factor: Int64
    }

    private struct Time {
        var alone: Thing
        var singular: String { alone.singular }
        /// Read as "per": `GiB/Month`; hours and less are read as a product: `GiB Hours`.
        var isRate = false
        var isCalendar = false
    }

    private static let things: [String: Thing] = {
        var things = [
            "By": Thing(name: "Bytes", singular: "Byte", base: "By", factor: 1),
            "bit": Thing(name: "Bits", singular: "Bit", base: "bit", factor: 1),
            "count": Thing(name: "Count", singular: "Count", base: "count", factor: 1),
        ]
        let multiples: [(symbol: String, name: String, base: Int64, power: Int)] = [
            ("k", "KB", 1000, 1), ("M", "MB", 1000, 2), ("G", "GB", 1000, 3), ("T", "TB", 1000, 4),
            ("P", "PB", 1000, 5), ("Ki", "KiB", 1024, 1), ("Mi", "MiB", 1024, 2), ("Gi", "GiB", 1024, 3),
            ("Ti", "TiB", 1024, 4), ("Pi", "PiB", 1024, 5),
        ]
        for multiple in multiples {
            let factor = (0..<multiple.power).reduce(Int64(1)) { product, _ in product * multiple.base }
            things[multiple.symbol + "By"] = Thing(
                name: multiple.name, singular: multiple.name, base: "By", factor: factor)
            let bits = multiple.name.dropLast() + "bit"
            things[multiple.symbol + "bit"] = Thing(
                name: String(bits), singular: String(bits), base: "bit", factor: factor)
        }
        return things
    }()

    private static let times: [String: Time] = [
        "s": Time(alone: Thing(name: "Seconds", singular: "Second", base: "s", factor: 1)),
        "min": Time(alone: Thing(name: "Minutes", singular: "Minute", base: "s", factor: 60)),
        "h": Time(alone: Thing(name: "Hours", singular: "Hour", base: "s", factor: 3600)),
        "d": Time(alone: Thing(name: "Days", singular: "Day", base: "s", factor: 86400), isRate: true),
        "wk": Time(alone: Thing(name: "Weeks", singular: "Week", base: "s", factor: 604_800), isRate: true),
        "mo": Time(
            alone: Thing(name: "Months", singular: "Month", base: "s", factor: 2_678_400), isRate: true,
            isCalendar: true),
        "a": Time(
            alone: Thing(name: "Years", singular: "Year", base: "s", factor: 31_536_000), isRate: true,
            isCalendar: true),
        "y": Time(
            alone: Thing(name: "Years", singular: "Year", base: "s", factor: 31_536_000), isRate: true,
            isCalendar: true),
    ]
}

extension UnitTable {
    /// Every unit of Google's catalog that ``GoogleUsageUnit`` reads, each for one.
    ///
    /// The catalog's `displayQuantity` is how many to show a price for; no price is to be divided by it.
    public static let googleCloud = UnitTable([]) { published in
        GoogleUsageUnit(published).map { NormalisedUnit($0.name) }
    }
}
