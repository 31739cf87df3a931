/// Reads the products of an offer, and keeps those that the selection wants.
struct AWSProductReader: ~Copyable {
    typealias Table = AWSProductTable

    private let run: ScrapeRun
    private let selection: ProviderSelection
    private let offerCode: [UInt8]
    private let path: String
    private var table = Table()
    private var places: AWSPlaces
    private var fields = AWSPlaces.Fields()
    private let keptNames: [[UInt8]]
    private let conditionNames: [[UInt8]]
    private let conditionValues: [TextMatcher]
    private var met: UInt64 = 0
    private var sku: Range<Int> = 0..<0
    private var isUnwanted = false
    /// In which product each attribute that is needed was last seen: roles first, then conditions, then kept ones.
    private var lastSeen: [Int]
    private var productNumber = 0

    init(run: ScrapeRun, regions: RegionTable, offerCode: String, path: String) {
        self.run = run
        self.path = path
        selection = run.selection
        self.offerCode = Array(offerCode.utf8)
        places = AWSPlaces(regions)
        keptNames = selection.keptAttributes.map { Array($0.utf8) }
        conditionNames = selection.attributes.map { Array($0.name.utf8) }
        conditionValues = selection.attributes.map(\.values)
        lastSeen = Array(repeating: 0, count: Role.count + conditionNames.count + keptNames.count)
    }

    /// Reads the object that holds the products.
    mutating func read(_ json: inout JSONTokenizer) throws {
        try json.beginObject()
        var passed = 0
        while try json.nextKey() {
            let offset = json.offset
            let index = table.insert(json.text)
            let sku = index == nil ? String(copying: json.text) : nil
            guard let index else {
                run.record(problem(.duplicateKey, "a product stands here twice", at: offset, sku: sku))
                try json.skipValue()
                continue
            }
            try readProduct(&json, index, at: offset)
            guard table.count + table.leftOutCount <= Table.maximumCount else {
                throw json.problem(.limitExceeded, "there are more than \(Table.maximumCount) products")
            }
            passed += 1
            if passed % 1024 == 0 { try run.advance(bytesOfDocument: json.bytesRead) }
        }
    }

    /// Gives the kept products away.
    consuming func finish() -> Table { table }

    /// Reads one product, and keeps it or takes it out again.
    private mutating func readProduct(
        _ json: inout JSONTokenizer, _ index: Int, at offset: Int
    ) throws(PriceProblem) {
        var product = Table.Product()
        let offerCode = offerCode
        product.service = table.number(of: offerCode.span)
        fields.clear()
        table.beginAttributes()
        met = 0
        isUnwanted = false
        productNumber += 1
        try json.beginObject()
        while try json.nextKey() {
            if json.text.equals("attributes") {
                try json.beginObject()
                while try json.nextKey() {
                    guard let offset = try readAttribute(&json, &product) else { continue }
                    run.record(
                        problem(
                            .duplicateKey, "an attribute stands in this product twice", at: offset,
                            sku: table.sku(index)))
                }
            } else if json.text.equals("productFamily") {
                try json.string()
                product.family = table.number(of: json.text)
                if !selection.families.isAll { run.note(.family, json.text) }
                if !selection.families.matches(json.text) { isUnwanted = true }
            } else {
                try json.skipValue()
            }
        }
        let emptyFamily: [UInt8] = []
        if product.family < 0, !selection.families.matches(emptyFamily.span) { isUnwanted = true }
        if met != (UInt64(1) << conditionNames.count) - 1 { isUnwanted = true }
        guard !isUnwanted else { return table.leaveOutLast() }
        guard let region = places.region(fields) else { return leaveOutUnknownRegion(index, at: offset) }
        if !selection.regions.isAll { run.note(.region, region) }
        guard selection.regions.matches(region) else { return table.leaveOutLast() }
        product.region = number(of: region)
        if !keptNames.isEmpty { product.attributes = table.endAttributes() }
        table[index] = product
    }

    private mutating func number(of text: String) -> Int32 {
        let bytes = Array(text.utf8)
        return table.number(of: bytes.span)
    }

    /// A place that no table has: it may be one that the selection wants.
    private mutating func leaveOutUnknownRegion(_ index: Int, at offset: Int) {
        let found = AWSPlaces.text(of: fields)
        let hasCode = !fields.deciding.code.isEmpty
        run.note(.region, found)
        if !hasCode || selection.regions.matches(found) {
            var problem = problem(.unknownRegion, "the region is in no table", at: offset, sku: table.sku(index))
            problem.found = found
            problem.advice = ReadingAdvice.region(found.utf8.span, of: run.provider)
            run.record(problem)
        }
        table.leaveOutLast()
    }

    private func problem(_ code: PriceProblem.Code, _ message: String, at offset: Int, sku: String?) -> PriceProblem {
        PriceProblem(code, message, provider: run.provider, source: path, offset: offset, sku: sku)
    }
}

extension AWSProductReader {
    /// - Returns: where the attribute stands, if the product has it already.
    private mutating func readAttribute(
        _ json: inout JSONTokenizer, _ product: inout Table.Product
    ) throws(PriceProblem) -> Int? {
        let isKept = index(of: json.text, in: keptNames)
        let condition = index(of: json.text, in: conditionNames)
        let role = Role(json.text)
        guard role != .other || isKept != nil || condition != nil else {
            try json.skipValue()
            return nil
        }
        let offset = json.offset
        let isNew = see(role, condition, isKept)
        try json.string()
        guard isNew else { return offset }
        switch role {
        case .usageType: product.name = table.number(of: json.text)
        case .serviceCode: if !json.text.isEmpty { product.service = table.number(of: json.text) }
        case .regionCode: fields.place.code = fields.arena.append(json.text)
        case .location: fields.place.location = fields.arena.append(json.text)
        case .locationType: fields.place.type = fields.arena.append(json.text)
        case .fromRegionCode: fields.from.code = fields.arena.append(json.text)
        case .fromLocation: fields.from.location = fields.arena.append(json.text)
        case .fromLocationType: fields.from.type = fields.arena.append(json.text)
        case .toRegionCode: fields.to.code = fields.arena.append(json.text)
        case .toLocation: fields.to.location = fields.arena.append(json.text)
        case .toLocationType: fields.to.type = fields.arena.append(json.text)
        case .other: break
        }
        if let condition {
            run.note(.attribute(condition), json.text)
            if conditionValues[condition].matches(json.text) { met |= 1 << condition } else { isUnwanted = true }
        }
        if let isKept {
            let name = keptNames[isKept]
            run.note(.keptAttribute, name.span)
            table.addAttribute(name, json.text)
        }
        return nil
    }

    /// Notes an attribute of the product; `false` if it was noted before.
    private mutating func see(_ role: Role, _ condition: Int?, _ kept: Int?) -> Bool {
        let slot =
            if role != .other {
                role.rawValue
            } else if let condition {
                Role.count + condition
            } else {
                Role.count + conditionNames.count + (kept ?? 0)
            }
        defer { lastSeen[slot] = productNumber }
        return lastSeen[slot] != productNumber
    }

    /// What an attribute is needed for.
    private enum Role: Int {
        case usageType, serviceCode, regionCode, location, locationType, fromRegionCode, fromLocation
        case fromLocationType, toRegionCode, toLocation, toLocationType, other

        static let count = 11

        @inline(__always)
        init(_ name: Span<UInt8>) {
            switch name.count {
            case 8 where name.equals("location"): self = .location
            case 9 where name.equals("usagetype"): self = .usageType
            case 10 where name.equals("regionCode"): self = .regionCode
            case 10 where name.equals("toLocation"): self = .toLocation
            case 11 where name.equals("servicecode"): self = .serviceCode
            case 12 where name.equals("locationType"): self = .locationType
            case 12 where name.equals("fromLocation"): self = .fromLocation
            case 12 where name.equals("toRegionCode"): self = .toRegionCode
            case 14 where name.equals("fromRegionCode"): self = .fromRegionCode
            case 14 where name.equals("toLocationType"): self = .toLocationType
            case 16 where name.equals("fromLocationType"): self = .fromLocationType
            default: self = .other
            }
        }
    }

    private func index(of name: Span<UInt8>, in names: [[UInt8]]) -> Int? {
        for index in names.indices {
            let candidate = names[index]
            if name.equals(candidate.span) { return index }
        }
        return nil
    }
}
