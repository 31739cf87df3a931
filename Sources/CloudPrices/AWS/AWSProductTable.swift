/// The products that were kept, by SKU: what the terms that follow them are joined with.
struct AWSProductTable: ~Copyable {
    /// What rows need of a product; texts by their number in `texts`.
    struct Product {
        var service: Int32 = -1
        var region: Int32 = -1
        var family: Int32 = -1
        var name: Int32 = -1
        var attributes: Range<Int>?
        /// The kinds of terms that were read for it.
        var terms: UInt8 = 0
        var hasPrice = false
    }

    /// No list has so many products: what has must end before it takes all memory.
    static let maximumCount = 20_000_000

    private var skus = TextTable()
    private var products: [Product] = []
    /// Services, regions, families and usage types, each once.
    private var texts = TextTable()
    private var attributes = ByteArena()
    /// Up to here they belong to products that were kept.
    private var attributesEnd = 0
    /// Hashes of the SKUs that the selection leaves out: enough to tell them from those that the list does not have.
    private var leftOut: Set<UInt64> = []

    var count: Int { products.count }
    var leftOutCount: Int { leftOut.count }
    var withoutPrice: Int { products.count { !$0.hasPrice } }

    /// Puts a SKU in; `nil` if it is here already.
    mutating func insert(_ sku: Span<UInt8>) -> Int? {
        let (index, isNew) = skus.insert(sku)
        guard isNew else { return nil }
        products.append(Product())
        return index
    }

    /// Takes out the product that was put in last, since the selection does not want it.
    mutating func leaveOutLast() {
        guard !products.isEmpty else { return }
        leftOut.insert(skus.text(products.count - 1).mixed(into: 0))
        dropLast()
    }

    /// Takes out the product that was put in last, since it is wrong.
    mutating func dropLast() {
        skus.removeLast()
        products.removeLast()
    }

    @inline(__always)
    func find(_ sku: Span<UInt8>) -> Int? { skus.find(sku) }

    func isLeftOut(_ sku: Span<UInt8>) -> Bool { !leftOut.isEmpty && leftOut.contains(sku.mixed(into: 0)) }

    subscript(index: Int) -> Product {
        get { products[index] }
        set { products[index] = newValue }
    }

    /// The SKU with a number, for messages.
    func sku(_ index: Int) -> String { String(copying: skus.text(index)) }

    /// The number of a text that many products share.
    mutating func number(of text: Span<UInt8>) -> Int32 { Int32(texts.insert(text).index) }

    /// Starts a product's kept attributes, which become one JSON object.
    mutating func beginAttributes() {
        attributes.cut(at: attributesEnd)
        attributes.append("{")
    }

    /// Adds an attribute to the object.
    mutating func addAttribute(_ name: [UInt8], _ value: Span<UInt8>) {
        attributes.append(attributes.count == attributesEnd + 1 ? "\"" : ",\"")
        JSONText.append(name.span, to: &attributes)
        attributes.append("\":\"")
        JSONText.append(value, to: &attributes)
        attributes.append("\"")
    }

    /// Ends the object and keeps it.
    mutating func endAttributes() -> Range<Int> {
        attributes.append("}")
        defer { attributesEnd = attributes.count }
        return attributesEnd..<attributes.count
    }

    /// Sets what a row has of its product.
    func apply(_ index: Int, to row: inout PriceRowBuffer) throws(PriceProblem) {
        let product = products[index]
        try row.set(.sku, skus.text(index))
        try set(.service, product.service, of: &row)
        try set(.region, product.region, of: &row)
        try set(.productFamily, product.family, of: &row)
        try set(.skuName, product.name, of: &row)
        if let range = product.attributes {
            try row.set(.attributes, attributes.text(range))
        } else {
            row.clear(.attributes)
        }
    }

    private func set(_ field: PriceText, _ number: Int32, of row: inout PriceRowBuffer) throws(PriceProblem) {
        if number < 0 { row.clear(field) } else { try row.set(field, texts.text(Int(number))) }
    }
}
