/// What stands in a CSV file before its rates: an optional `sep=` line, lines about the file, and the columns' names.
struct AWSCSVHeader {
    var version: String?
    var published: PriceInstant?
    var offerCode = ""
    var columns: AWSColumns

    /// No file has so many lines before its columns.
    static let maximumLines = 32

    /// Reads up to the line with the columns' names.
    static func read(_ csv: inout CSVReader, selection: ProviderSelection) throws(PriceProblem) -> AWSCSVHeader {
        var version: String?
        var published: PriceInstant?
        var offerCode = ""
        for line in 0..<maximumLines {
            guard try csv.next() else {
                if line > 0, csv.bytesRead > 0 { break }
                throw csv.problem(.truncated, "the document is empty", at: 0)
            }
            if csv.field(0).equals("SKU") {
                let columns = try AWSColumns(csv, selection)
                return AWSCSVHeader(version: version, published: published, offerCode: offerCode, columns: columns)
            }
            if line == 0, let separator = separator(csv.field(0)) {
                csv.separator = separator
            } else if csv.field(0).equals("Version") {
                version = String(copying: csv.field(1))
            } else if csv.field(0).equals("Publication Date") {
                published = PriceInstant(csv.field(1))
            } else if csv.field(0).equals("OfferCode") {
                offerCode = String(copying: csv.field(1))
            } else if line == 0, isOtherFormat(csv.field(0)) {
                break
            }
        }
        throw PriceProblem(
            .wrongShape, "no line with the names of the columns", source: csv.name, offset: csv.offset,
            found: String(copying: csv.field(0)),
            advice: "An offer file in CSV has a line that starts with SKU after at most \(maximumLines) others.")
    }

    /// What `sep=;` says; with a comma, the line is a field that ends before it.
    private static func separator(_ line: Span<UInt8>) -> UInt8? {
        guard line.count >= 4, line.extracting(first: 4).equals("sep=") else { return nil }
        return line.count == 5 ? line[4] : UInt8(ascii: ",")
    }

    private static func isOtherFormat(_ line: Span<UInt8>) -> Bool {
        line.count > 0 && (line[0] == UInt8(ascii: "<") || line[0] == UInt8(ascii: "{"))
    }
}

/// Where the fields of a rate are; a column that the file does not have is past the end of every line.
struct AWSColumns {
    private(set) var sku = Int.max
    private(set) var rateCode = Int.max
    private(set) var termType = Int.max
    private(set) var description = Int.max
    private(set) var effectiveDate = Int.max
    private(set) var begin = Int.max
    private(set) var end = Int.max
    private(set) var unit = Int.max
    private(set) var price = Int.max
    private(set) var currency = Int.max
    private(set) var leaseLength = Int.max
    private(set) var purchaseOption = Int.max
    private(set) var offeringClass = Int.max
    private(set) var family = Int.max
    private(set) var service = Int.max
    private(set) var location = Int.max
    private(set) var regionCode = Int.max
    private(set) var fromLocation = Int.max
    private(set) var fromRegionCode = Int.max
    private(set) var locationType = Int.max
    private(set) var fromLocationType = Int.max
    private(set) var toLocation = Int.max
    private(set) var toRegionCode = Int.max
    private(set) var toLocationType = Int.max
    private(set) var usageType = Int.max
    /// Columns of the selection's conditions.
    private(set) var conditions: [(column: Int, values: TextMatcher)] = []
    /// Columns of the attributes that rows keep.
    private(set) var kept: [(name: [UInt8], column: Int)] = []
    private(set) var count = 0
    /// The last column that rows are made of: a line that ends before it has lost something.
    private(set) var lastUsed = 0

    private static let places:
        [(name: String, path: any WritableKeyPath<AWSColumns, Int> & Sendable, isRequired: Bool)] = [
            ("sku", \.sku, true), ("ratecode", \.rateCode, true), ("termtype", \.termType, true),
            ("pricedescription", \.description, false), ("effectivedate", \.effectiveDate, true),
            ("startingrange", \.begin, true), ("endingrange", \.end, true), ("unit", \.unit, true),
            ("priceperunit", \.price, true), ("currency", \.currency, true),
            ("leasecontractlength", \.leaseLength, false),
            ("purchaseoption", \.purchaseOption, false), ("offeringclass", \.offeringClass, false),
            ("productfamily", \.family, false), ("servicecode", \.service, false), ("location", \.location, false),
            ("regioncode", \.regionCode, false), ("fromlocation", \.fromLocation, false),
            ("fromregioncode", \.fromRegionCode, false), ("usagetype", \.usageType, false),
        ]

    /// Columns that tell a place where others do not; a line may end before them.
    private static let hints: [(name: String, path: any WritableKeyPath<AWSColumns, Int> & Sendable)] = [
        ("locationtype", \.locationType), ("fromlocationtype", \.fromLocationType), ("tolocation", \.toLocation),
        ("toregioncode", \.toRegionCode), ("tolocationtype", \.toLocationType),
    ]

    init(_ csv: borrowing CSVReader, _ selection: ProviderSelection) throws(PriceProblem) {
        count = csv.fieldCount
        var numbers: [String: Int] = [:]
        for index in 0..<count {
            let name = Self.plain(String(copying: csv.field(index)))
            if numbers[name] == nil { numbers[name] = index }
        }
        for (name, path, isRequired) in Self.places {
            if let number = numbers[name] {
                self[keyPath: path] = number
                lastUsed = max(lastUsed, number)
            } else if isRequired {
                throw csv.problem(.wrongShape, "there is no column '\(name)'", at: csv.offset)
            }
        }
        for (name, path) in Self.hints { self[keyPath: path] = numbers[name] ?? Int.max }
        conditions = selection.attributes.map { (numbers[Self.plain($0.name)] ?? Int.max, $0.values) }
        kept = selection.keptAttributes.compactMap { name in numbers[Self.plain(name)].map { (Array(name.utf8), $0) } }
        for column in conditions.map(\.column) + kept.map(\.column) where column < count {
            lastUsed = max(lastUsed, column)
        }
    }

    /// What `Instance Type` in CSV and `instanceType` in JSON have in common.
    private static func plain(_ name: String) -> String {
        String(name.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || ("0"..."9").contains($0) })
    }
}
