/// Heads of the free lists: bin `n` holds extents of exactly `n` granules, the last bin all that are longer than any
/// request.
///
/// A bitmap of the bins that are not empty finds the best fit in a few word reads.
struct ArenaBins: Sendable {
    private static let none = UInt32.max

    private var heads: [UInt32]
    private var occupied: [UInt64]

    init(longest: Int) {
        let count = longest + 2
        heads = Array(repeating: Self.none, count: count)
        occupied = Array(repeating: 0, count: (count + 63) / 64)
    }

    func bin(for length: Int) -> Int { min(length, heads.count - 1) }

    func head(of bin: Int) -> UInt32 { heads[bin] }

    mutating func setHead(_ extent: UInt32, of bin: Int) {
        heads[bin] = extent
        let bit = UInt64(1) << UInt64(bin % 64)
        if extent == Self.none { occupied[bin / 64] &= ~bit } else { occupied[bin / 64] |= bit }
    }

    /// An extent of the smallest occupied bin whose extents hold `length` granules.
    func first(atLeast length: Int) -> UInt32? {
        let bin = bin(for: length)
        var word = bin / 64
        var bits = occupied[word] & (UInt64.max << UInt64(bin % 64))
        while bits == 0 {
            word += 1
            guard word < occupied.count else { return nil }
            bits = occupied[word]
        }
        return heads[word * 64 + bits.trailingZeroBitCount]
    }

    /// An extent of the largest occupied bin.
    var last: UInt32? {
        for word in occupied.indices.reversed() where occupied[word] != 0 {
            return heads[word * 64 + 63 - occupied[word].leadingZeroBitCount]
        }
        return nil
    }
}
