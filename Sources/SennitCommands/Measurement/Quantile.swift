/// Values at a rank.
package enum Quantile {
    /// The value at the rank, the higher of two neighbours, without interpolation: it was really measured.
    ///
    /// - Parameters:
    ///   - values: In any order.
    ///   - fraction: From 0, the least, to 1, the greatest.
    /// - Returns: The value, or nil if there is none.
    package static func of(_ values: [Double], _ fraction: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let ordered = values.sorted()
        let rank = Int((fraction * Double(ordered.count)).rounded(.up)) - 1
        return ordered[min(ordered.count - 1, max(0, rank))]
    }
}
