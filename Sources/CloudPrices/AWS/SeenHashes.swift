/// Hashes that have been seen in one object: mostly a few, which are compared one by one, but any number of them.
struct SeenHashes {
    private var few: [UInt64] = []
    private var others: Set<UInt64> = []

    private static let fewCount = 32

    var count: Int { few.count + others.count }

    /// Forgets all of them; what many have taken is given back, since emptying it would take as long again each time.
    mutating func clear() {
        few.removeAll(keepingCapacity: true)
        if !others.isEmpty { others = [] }
    }

    /// Notes a hash; `false` if it was noted before.
    mutating func insert(_ hash: UInt64) -> Bool {
        guard !few.contains(hash) else { return false }
        guard few.count >= Self.fewCount else {
            few.append(hash)
            return true
        }
        return others.insert(hash).inserted
    }
}
