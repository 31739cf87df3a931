/// Numbers as people read them.
package enum Decimals {
    /// A number with a fixed number of decimals and commas between thousands, such as "12,345.67".
    ///
    /// - Parameters:
    ///   - value: Any number; what is not finite or too large for nineteen digits is shown as it is.
    ///   - places: Decimals, from 0 to 9.
    /// - Returns: The text.
    package static func text(_ value: Double, places: Int) -> String {
        let factor = (0..<max(0, min(9, places))).reduce(1.0) { factor, _ in factor * 10 }
        let scaled = (value.magnitude * factor).rounded()
        guard scaled.isFinite, scaled < 1e18 else { return "\(value)" }
        let whole = Int(scaled) / Int(factor)
        let rest = String(Int(scaled) % Int(factor))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard factor > 1 else { return sign + text(whole) }
        return sign + text(whole) + "." + String(repeating: "0", count: max(0, places - rest.count)) + rest
    }

    /// A whole number with commas between thousands.
    package static func text(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { grouped.append(",") }
            grouped.append(digit)
        }
        return value < 0 ? "-" + grouped : grouped
    }

    /// Seconds in a form of few letters: "0.4 s", "12 s", "3 min 20 s".
    package static func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "?" }
        if seconds < 10 { return text(seconds, places: 1) + " s" }
        let whole = Int(seconds.rounded())
        return whole < 120 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
    }

    /// Bytes in the largest unit of which there is at least one: "512 B", "1.5 kB", "18.2 MB".
    package static func bytes(_ count: Int64) -> String {
        let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
        guard count.magnitude >= 1000 else { return "\(count) B" }
        var value = Double(count) / 1000
        var unit = 0
        while value.magnitude >= 999.95, unit + 1 < units.count {
            value /= 1000
            unit += 1
        }
        return "\(text(value, places: 1)) \(units[unit])"
    }
}
