/// The rates of one term, held until its attributes are known and its tiers can be put in order.
struct AWSTermBuffer: ~Copyable {
    /// Where a text of the term is.
    struct Place {
        var start: Int32 = 0
        var count: Int32 = 0

        var isEmpty: Bool { count == 0 }
    }

    /// One price of one rate.
    struct Rate {
        var rateCode = Place()
        var description = Place()
        var unit = Place()
        /// Empty for what has no tiers, such as an upfront fee.
        var begin = Place()
        var end = Place()
        var currency = Place()
        var price = Place()
        var offset = 0

        var hasTier: Bool { !begin.isEmpty }
    }

    /// No term has so many rates.
    static let maximumRates = 10_000
    /// Nor so many bytes of text.
    static let maximumLength = 16 << 20

    private var arena = ByteArena()
    var rates: [Rate] = []
    var term = PriceTerm.onDemand
    var effectiveDate = Place()
    var leaseLength = Place()
    var purchaseOption = Place()
    var offeringClass = Place()

    /// Forgets the last term.
    @inline(__always)
    mutating func clear() {
        arena.cut(at: 0)
        rates.removeAll(keepingCapacity: true)
        effectiveDate = Place()
        leaseLength = Place()
        purchaseOption = Place()
        offeringClass = Place()
    }

    /// How much text is held.
    var length: Int { arena.count }

    /// Forgets the rates, and the texts from a place on: what many rates share stands before it.
    mutating func cut(at length: Int) {
        arena.cut(at: length)
        rates.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    mutating func keep(_ text: Span<UInt8>) -> Place {
        let range = arena.append(text)
        return Place(start: Int32(truncatingIfNeeded: range.lowerBound), count: Int32(truncatingIfNeeded: range.count))
    }

    @inline(__always)
    @_lifetime(borrow self)
    func text(_ place: Place) -> Span<UInt8> {
        // Safety: the arena is a part of this value, so what borrows this value holds it.
        let range = Int(place.start)..<Int(place.start) + Int(place.count)
        return unsafe _overrideLifetime(arena.text(range), borrowing: self)
    }
}
