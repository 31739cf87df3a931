/// The rates of one term, held until its attributes are known and its tiers can be put in order.
struct AWSTermBuffer: ~Copyable {
    /// One price of one rate; texts by their range in the arena.
    struct Rate {
        var rateCode = 0..<0
        var description = 0..<0
        var unit = 0..<0
        /// Empty for what has no tiers, such as an upfront fee.
        var begin = 0..<0
        var end = 0..<0
        var currency = 0..<0
        var price = 0..<0
        var offset = 0
        var tierStart = ExactDecimal.zero
        var tierEnd: ExactDecimal?

        var hasTier: Bool { !begin.isEmpty }
    }

    /// No term has so many rates.
    static let maximumRates = 10_000

    private var arena = ByteArena()
    var rates: [Rate] = []
    var term = PriceTerm.onDemand
    var effectiveDate = 0..<0
    var leaseLength = 0..<0
    var purchaseOption = 0..<0
    var offeringClass = 0..<0

    /// Forgets the last term.
    @inline(__always)
    mutating func clear() {
        arena.cut(at: 0)
        rates.removeAll(keepingCapacity: true)
        effectiveDate = 0..<0
        leaseLength = 0..<0
        purchaseOption = 0..<0
        offeringClass = 0..<0
    }

    /// How much text is held.
    var length: Int { arena.count }

    /// Forgets the rates, and the texts from a place on: what many rates share stands before it.
    mutating func cut(at length: Int) {
        arena.cut(at: length)
        rates.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    mutating func keep(_ text: Span<UInt8>) -> Range<Int> { arena.append(text) }

    @inline(__always)
    @_lifetime(borrow self)
    func text(_ range: Range<Int>) -> Span<UInt8> {
        // Safety: the arena is a part of this value, so what borrows this value holds it.
        unsafe _overrideLifetime(arena.text(range), borrowing: self)
    }
}
