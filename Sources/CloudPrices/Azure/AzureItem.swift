/// One item of a page of Azure's Retail Prices API, as text: nothing of it is a number yet.
///
/// Items are filled again and again, so that reading a page allocates nothing once it is under way.
struct AzureItem {
    /// The fields that are read; each is named as the API names it.
    enum Field: Int, CaseIterable {
        case currencyCode, tierMinimumUnits, reservationTerm, retailPrice, armRegionName, location
        case effectiveStartDate, effectiveEndDate, meterId, meterName, productId, skuId, productName, skuName
        case serviceName, serviceId, serviceFamily, unitOfMeasure, type, armSkuName, isPrimaryMeterRegion
    }

    /// What a commitment to an amount of money an hour makes of the price.
    struct SavingsPlan {
        var term: Range<Int>
        var price: Range<Int>
    }

    private var bytes: [UInt8] = []
    private var ranges = [Range<Int>](repeating: 0..<0, count: Field.allCases.count)
    private var present: UInt32 = 0
    private(set) var savingsPlans: [SavingsPlan] = []
    /// Where in its document the item starts.
    var offset = 0
    /// The number of the document that it stands in.
    var document: Int32 = 0

    /// Forgets everything and keeps the memory.
    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        savingsPlans.removeAll(keepingCapacity: true)
        present = 0
    }

    func has(_ field: Field) -> Bool { present >> field.rawValue & 1 == 1 }

    mutating func set(_ field: Field, _ text: Span<UInt8>) {
        ranges[field.rawValue] = append(text)
        present |= 1 << field.rawValue
    }

    mutating func append(_ text: Span<UInt8>) -> Range<Int> {
        let start = bytes.count
        bytes.append(copying: text)
        return start..<bytes.count
    }

    mutating func addSavingsPlan(term: Range<Int>, price: Range<Int>) {
        savingsPlans.append(SavingsPlan(term: term, price: price))
    }

    /// A field's text; empty if there is none.
    @_lifetime(borrow self)
    func text(_ field: Field) -> Span<UInt8> {
        bytes.span.extracting(has(field) ? ranges[field.rawValue] : 0..<0)
    }

    @_lifetime(borrow self)
    func text(_ range: Range<Int>) -> Span<UInt8> { bytes.span.extracting(range) }

    /// Whether both are prices of one thing: they differ in tier, time and price alone.
    func isOfOneFamily(with other: AzureItem) -> Bool {
        Self.familyFields.allSatisfy { text($0).equals(other.text($0)) }
    }

    /// A hash of what makes a family.
    var familyHash: UInt64 { hash(of: Self.familyFields) }

    /// A hash of everything that was read: equal items are one price, listed twice.
    var fullHash: UInt64 {
        var value = hash(of: Field.allCases)
        for plan in savingsPlans {
            mix(text(plan.term), into: &value)
            mix(text(plan.price), into: &value)
        }
        return value
    }

    private static let familyFields: [Field] = [
        .meterId, .skuId, .type, .reservationTerm, .armRegionName, .currencyCode,
    ]

    private func hash(of fields: [Field]) -> UInt64 {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for field in fields { mix(text(field), into: &value) }
        return value
    }

    /// FNV-1a, eight bytes at a time, with each text's length before it.
    private func mix(_ text: Span<UInt8>, into value: inout UInt64) {
        value = (value ^ UInt64(text.count)) &* 0x100_0000_01b3
        var word: UInt64 = 0
        for index in 0..<text.count {
            word = word << 8 | UInt64(text[index])
            if index & 7 == 7 {
                value = Self.stir(value ^ word)
                word = 0
            }
        }
        value = Self.stir(value ^ word)
    }

    private static func stir(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low
    }
}

extension [UInt8] {
    fileprivate mutating func append(copying text: Span<UInt8>) {
        // Safety: the buffer is used only inside the call.
        unsafe text.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

extension AzureItem.Field {
    /// The field of this name; `nil` for those that are not read.
    init?(_ name: Span<UInt8>) {
        let names = Self.names
        for index in names.indices {
            let candidate = names[index]
            if name.equals(candidate.span) {
                self.init(rawValue: index)
                return
            }
        }
        return nil
    }

    private static let names = allCases.map { Array("\($0)".utf8) }
}
