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
            value = text(plan.price).mixed(into: text(plan.term).mixed(into: value))
        }
        return value
    }

    private static let familyFields: [Field] = [
        .meterId, .skuId, .type, .reservationTerm, .armRegionName, .currencyCode,
    ]

    private func hash(of fields: [Field]) -> UInt64 {
        fields.reduce(0xcbf2_9ce4_8422_2325) { text($1).mixed(into: $0) }
    }
}

extension [UInt8] {
    fileprivate mutating func append(copying text: Span<UInt8>) {
        // Safety: the buffer is used only inside the call.
        unsafe text.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

/// Finds fields by their names: items have the same fields in the same order, as a rule.
struct AzureFieldFinder {
    /// The field that came after each, and at first, the last time.
    private var following: [AzureItem.Field?] = Array(repeating: nil, count: AzureItem.Field.allCases.count + 1)
    private var place = 0

    /// Called at the start of an item.
    mutating func restart() { place = 0 }

    /// The field of this name; `nil` for those that are not read.
    mutating func field(_ name: Span<UInt8>) -> AzureItem.Field? {
        if let expected = following[place], name.equals(expected.name) {
            place = expected.rawValue + 1
            return expected
        }
        guard let field = AzureItem.Field(name) else { return nil }
        following[place] = field
        place = field.rawValue + 1
        return field
    }
}

extension AzureItem.Field {
    /// The field of this name; `nil` for those that are not read.
    init?(_ name: Span<UInt8>) {
        for field in Self.allCases where name.equals(field.name) {
            self = field
            return
        }
        return nil
    }

    /// As the API names it.
    var name: StaticString {
        switch self {
        case .currencyCode: "currencyCode"
        case .tierMinimumUnits: "tierMinimumUnits"
        case .reservationTerm: "reservationTerm"
        case .retailPrice: "retailPrice"
        case .armRegionName: "armRegionName"
        case .location: "location"
        case .effectiveStartDate: "effectiveStartDate"
        case .effectiveEndDate: "effectiveEndDate"
        case .meterId: "meterId"
        case .meterName: "meterName"
        case .productId: "productId"
        case .skuId: "skuId"
        case .productName: "productName"
        case .skuName: "skuName"
        case .serviceName: "serviceName"
        case .serviceId: "serviceId"
        case .serviceFamily: "serviceFamily"
        case .unitOfMeasure: "unitOfMeasure"
        case .type: "type"
        case .armSkuName: "armSkuName"
        case .isPrimaryMeterRegion: "isPrimaryMeterRegion"
        }
    }
}
