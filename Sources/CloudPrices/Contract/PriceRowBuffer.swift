/// The texts of a row, each in a place of its own.
public enum PriceText: Int, CaseIterable, Sendable {
    /// See the property of the same name in `PriceRow`.
    case sku, rateCode, service, region, productFamily, skuName, description, attributes, purchaseOption, offeringClass
    /// See the property of the same name in `PriceRow`.
    case currency, unit, normalisedUnit
    /// The price as published; set by `setPrice(_:)`.
    case price

    /// The longest text that is taken, in bytes.
    public var limit: Int {
        switch self {
        case .description: 4096
        case .attributes: 16384
        case .productFamily, .skuName: 1024
        case .sku, .rateCode, .service: 512
        default: 128
        }
    }
}

/// A row that a scraper fills again and again, without a `String` in it.
///
/// What is set stays until it is set again or cleared, so what many rows share (service, region, family) is copied
/// once. A sink reads it in `append(_:)` and keeps nothing of it.
@safe
public struct PriceRowBuffer: ~Copyable {
    /// Whose prices they are.
    public let provider: CloudProvider
    /// The document that they stand in.
    public let source: PriceSourceDocument
    /// How the price is bought.
    public var term = PriceTerm.onDemand
    /// The length of the commitment in months.
    public var termMonths: Int?
    /// What the amount pays for.
    public var charge = PriceCharge.usage
    /// Where the tier starts.
    public var tierStart = ExactDecimal.zero
    /// Where the next tier starts; `nil` if this is the last.
    public var tierEnd: ExactDecimal?
    /// How many normalised units the price is for.
    public var unitBlock: Int64 = 1
    /// When the price begins to hold.
    public var effectiveFrom: PriceInstant?
    /// When it ends to hold.
    public var effectiveTo: PriceInstant?
    /// Where in the document the price stands.
    public var offset = 0
    /// The price; see `setPrice(_:)`.
    public private(set) var price = ExactDecimal.zero

    // Safety: one allocation with a fixed place for each text, and one with where each place starts and how much of it
    // is initialised, which is negative where there is no text. Both live as long as this value, and spans borrow it.
    private let bytes: UnsafeMutablePointer<UInt8>
    private let places: UnsafeMutablePointer<Place>

    private struct Place {
        var start: Int32
        var count: Int32
    }

    /// Makes an empty row for one document.
    public init(provider: CloudProvider, source: PriceSourceDocument) {
        self.provider = provider
        self.source = source
        unsafe places = .allocate(capacity: PriceText.allCases.count)
        var end = 0
        for field in PriceText.allCases {
            unsafe (places + field.rawValue).initialize(to: Place(start: Int32(end), count: -1))
            end += field.limit
        }
        unsafe bytes = .allocate(capacity: end)
    }

    deinit {
        unsafe bytes.deallocate()
        unsafe places.deallocate()
    }

    /// Whether a text is there; an empty one is.
    public func has(_ field: PriceText) -> Bool { unsafe places[field.rawValue].count >= 0 }

    /// A text; empty if there is none.
    @_lifetime(borrow self)
    public func text(_ field: PriceText) -> Span<UInt8> {
        let place = unsafe places[field.rawValue]
        let span = unsafe Span(_unsafeStart: bytes + Int(place.start), count: max(0, Int(place.count)))
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// Sets a text by copying it.
    ///
    /// - Throws: `PriceProblem` with code `textTooLong` if it is longer than the field's limit.
    @inline(__always)
    public mutating func set(_ field: PriceText, _ text: Span<UInt8>) throws(PriceProblem) {
        guard text.count <= field.limit else { throw tooLong(field, text) }
        unsafe text.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            unsafe (bytes + Int(places[field.rawValue].start)).update(from: base, count: source.count)
        }
        unsafe places[field.rawValue].count = Int32(truncatingIfNeeded: text.count)
    }

    /// Sets a text by copying it; for what does not change from row to row.
    ///
    /// - Throws: `PriceProblem` with code `textTooLong` if it is longer than the field's limit.
    public mutating func set(_ field: PriceText, _ text: String) throws(PriceProblem) {
        clear(field)
        try append(text, to: field)
    }

    /// Puts a text behind the one that is there; sets it if there is none.
    ///
    /// - Throws: `PriceProblem` with code `textTooLong` if both together are longer than the field's limit.
    mutating func append(_ more: String, to field: PriceText) throws(PriceProblem) {
        let place = unsafe places[field.rawValue]
        let (count, added) = (max(0, Int(place.count)), more.utf8.count)
        guard count + added <= field.limit else {
            let whole = Array((String(copying: text(field)) + more).utf8)
            throw tooLong(field, whole.span)
        }
        var end = unsafe bytes + Int(place.start) + count
        for byte in more.utf8 {
            unsafe end.pointee = byte
            unsafe end += 1
        }
        unsafe places[field.rawValue].count = Int32(truncatingIfNeeded: count + added)
    }

    /// Removes a text: the column will be null.
    public mutating func clear(_ field: PriceText) { unsafe places[field.rawValue].count = -1 }

    /// Reads the price from its text, which is kept.
    ///
    /// - Throws: `PriceProblem` with code `invalidNumber` or `negativePrice`.
    public mutating func setPrice(_ text: Span<UInt8>) throws(PriceProblem) {
        let value: ExactDecimal
        do {
            value = try ExactDecimal(parsing: text)
        } catch {
            throw problem(.invalidNumber, "the price is not usable: \(error)", found: text)
        }
        guard !value.isNegative else { throw problem(.negativePrice, "the price is negative", found: text) }
        price = value
        try set(.price, text)
    }

    /// A problem at this row.
    public func problem(
        _ code: PriceProblem.Code, _ message: String, found: Span<UInt8>, advice: String = ""
    ) -> PriceProblem {
        PriceProblem(
            code, message, provider: provider, source: source.path, offset: offset,
            sku: has(.sku) ? String(copying: text(.sku)) : nil, found: String(copying: found.extracting(first: 1024)),
            advice: advice)
    }

    private func tooLong(_ field: PriceText, _ text: Span<UInt8>) -> PriceProblem {
        problem(
            .textTooLong, "\(field) has \(text.count) bytes, more than \(field.limit)", found: text,
            advice: "Leave the row out by the selection.")
    }

}

/// A document that prices come from.
public struct PriceSourceDocument: Hashable, Sendable {
    /// A small number that stands for it in the price table's rows.
    public var id: Int32
    /// Its path below the provider's root.
    public var path: String
    /// The version that the document states, if any.
    public var version: String?
    /// When the document was published, if it says so.
    public var published: PriceInstant?

    /// Makes the description of a document.
    public init(id: Int32, path: String, version: String? = nil, published: PriceInstant? = nil) {
        self.id = id
        self.path = path
        self.version = version
        self.published = published
    }
}
