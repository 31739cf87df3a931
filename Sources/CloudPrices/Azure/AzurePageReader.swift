/// Reads pages of Azure's list and hands each item on.
struct AzurePageReader: ~Copyable {
    private var json: JSONTokenizer
    private var item = AzureItem()
    private var fields = AzureFieldFinder()
    private let path: String

    /// What a page says beside its items.
    struct Page {
        var currency: String?
        var nextLink: String?
        var count: Int?
        var items = 0
    }

    init(_ source: any ByteSource, path: String) {
        json = JSONTokenizer(source)
        self.path = path
    }

    /// Reads a page, or a bare list of items as tools save it.
    ///
    /// `take` may keep the item that it is lent, and put another in its place.
    /// - Throws: `PriceProblem` with code `wrongShape` for anything else, and what `take` throws.
    mutating func read(document: Int32, progress: (Int) throws -> Void, take: (inout AzureItem) throws -> Void) throws
        -> Page
    {
        var page = Page()
        switch try json.next() {
        case .beginArray: try readItems(&page, document, progress, take)
        case .beginObject: try readPage(&page, document, progress, take)
        default: throw json.wrongShape("a page of the Retail Prices API")
        }
        try json.finish()
        if let count = page.count, count != page.items {
            throw PriceProblem(
                .truncated, "the page says that it has \(count) items, and has \(page.items)", source: path,
                advice: "Fetch it again.")
        }
        return page
    }

    /// How much of the document was read.
    var bytesRead: Int { json.bytesRead }

    private mutating func readPage(
        _ page: inout Page, _ document: Int32, _ progress: (Int) throws -> Void,
        _ take: (inout AzureItem) throws -> Void
    ) throws {
        var hasItems = false
        while try json.nextKey() {
            if json.text.equals("Items") {
                guard !hasItems else { throw json.problem(.duplicateKey, "'Items' stands here twice") }
                hasItems = true
                try json.beginArray()
                try readItems(&page, document, progress, take)
            } else if json.text.equals("NextPageLink") {
                if try json.optionalString(), !json.text.isEmpty { page.nextLink = String(copying: json.text) }
            } else if json.text.equals("BillingCurrency") {
                if try json.optionalString() { page.currency = String(copying: json.text) }
            } else if json.text.equals("Count") {
                try json.number()
                page.count = Int(String(copying: json.text))
            } else if json.text.equals("Error") || json.text.equals("error") {
                throw json.problem(.inputFailed, "the server sent an error in place of a page")
            } else {
                try json.skipValue()
            }
        }
        guard hasItems else {
            throw PriceProblem(
                .wrongShape, "this is no page of the Retail Prices API: it has no 'Items'", source: path,
                advice: "Price calculators and portals have formats of their own; use the address of the API.")
        }
    }

    private mutating func readItems(
        _ page: inout Page, _ document: Int32, _ progress: (Int) throws -> Void,
        _ take: (inout AzureItem) throws -> Void
    ) throws {
        while try json.nextElement() {
            try json.beginObject()
            item.clear()
            item.offset = json.offset
            item.document = document
            try readItem()
            page.items += 1
            if page.items.isMultiple(of: 256) { try progress(json.bytesRead) }
            try take(&item)
        }
    }

    private mutating func readItem() throws(PriceProblem) {
        fields.restart()
        while try json.nextKey() {
            guard let field = fields.field(json.text) else {
                if json.text.equals("savingsPlan") { try readSavingsPlans() } else { try json.skipValue() }
                continue
            }
            switch try json.next() {
            case .string, .number: item.set(field, json.text)
            case .true: item.set(field, Self.true.span)
            case .false: item.set(field, Self.false.span)
            case .null: break
            default: throw json.wrongShape("a text or a number")
            }
        }
    }

    private mutating func readSavingsPlans() throws(PriceProblem) {
        switch try json.next() {
        case .null: return
        case .beginArray: break
        default: throw json.wrongShape("a list of savings plans")
        }
        while try json.nextElement() {
            try json.beginObject()
            var term = 0..<0
            var price = 0..<0
            while try json.nextKey() {
                if json.text.equals("term") {
                    try json.string()
                    term = item.append(json.text)
                } else if json.text.equals("retailPrice") {
                    try json.number()
                    price = item.append(json.text)
                } else {
                    try json.skipValue()
                }
            }
            item.addSavingsPlan(term: term, price: price)
        }
    }

    private static let `true` = Array("true".utf8)
    private static let `false` = Array("false".utf8)
}
