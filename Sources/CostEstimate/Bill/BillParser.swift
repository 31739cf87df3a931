import CloudPrices
import ConfigurationReading
import VariableExpansion
import Yams

extension BillOfMaterials {
    /// Reads a bill from YAML, of which JSON is a part.
    ///
    /// - Parameters:
    ///   - text: At most ``EstimateLimits/billBytes`` bytes; `${VARIABLES}` in it are expanded first.
    ///   - variables: Their values; one that is not among them must have a default, as in `${CURRENCY-USD}`.
    /// - Throws: ``EstimateError`` with `invalidBill` and the place: for what is no YAML, variables that are
    ///   not defined, keys that are not known, fields that are missing, numbers that are none or below zero.
    public init(parsing text: String, variables: [String: String] = [:]) throws {
        guard text.utf8.count <= EstimateLimits.billBytes else {
            throw EstimateError(.invalidBill, "the bill is longer than \(EstimateLimits.billBytes) bytes")
        }
        let expanded: String
        do {
            expanded = try VariableExpander(isStrict: true).expand(text, variables: variables)
        } catch {
            throw EstimateError(.invalidBill, error.message, place: (error.line, error.column))
        }
        self = try BillReader.bill(in: expanded)
    }
}

/// Turns nodes of YAML into a bill.
private enum BillReader {
    static func bill(in text: String) throws -> BillOfMaterials {
        let root: Node?
        do throws(ConfigurationProblem) {
            root = try ConfigurationText.compose(text, limit: EstimateLimits.billBytes)
        } catch {
            throw EstimateError(.invalidBill, error.words, place: (error.line, error.column))
        }
        guard let root else { throw EstimateError(.invalidBill, "the bill is empty") }
        var fields = try BillFields(root, "the bill")
        let bill = BillOfMaterials(
            name: try fields.text("name") ?? "estimate",
            currency: try fields.text("currency") ?? "USD",
            lines: try fields.list("lines", line),
            own: try fields.list("own", own),
            discounts: try fields.list("discounts", discount))
        try fields.finish()
        guard !bill.lines.isEmpty || !bill.own.isEmpty else {
            throw fields.error("the bill has neither 'lines' nor 'own'")
        }
        return bill
    }

    private static func line(_ node: Node, _ index: Int) throws -> BillLine {
        var fields = try BillFields(node, "line \(index + 1)")
        let provider = try provider(fields.required("provider"), in: fields)
        let sku = try fields.text("sku")
        let match = try fields.texts("match")
        let name = try fields.text("name") ?? sku ?? "line \(index + 1)"
        var line = BillLine(name: name, provider: provider, quantity: try fields.quantity())
        line.sku = sku
        line.match = match
        line.service = try fields.text("service")
        line.region = try fields.text("region")
        if let term = try fields.text("term") {
            guard let known = PriceTerm(rawValue: term) else {
                let terms = PriceTerm.allCases.map(\.rawValue).joined(separator: ", ")
                throw fields.error("'\(term)' is no term; there are \(terms)")
            }
            line.term = known
        }
        line.termMonths = try fields.count("term_months")
        line.purchaseOption = try fields.text("purchase_option")
        line.offeringClass = try fields.text("offering_class")
        line.rate = try fields.text("rate")
        try fields.finish()
        guard sku != nil || !match.isEmpty else {
            throw fields.error("'\(name)' needs a 'sku', or 'match' with what the product's columns or attributes are")
        }
        return line
    }

    private static func provider(
        _ name: String, in fields: BillFields, or others: [String] = []
    ) throws -> CloudProvider {
        if let provider = CloudProvider.known.first(where: { $0.rawValue == name }) { return provider }
        let names = (CloudProvider.known.map(\.rawValue) + others).joined(separator: ", ")
        throw fields.error(
            "'\(name)' is no provider; there are \(names)."
                + NameSuggestion.question(name, among: CloudProvider.known.map(\.rawValue) + others))
    }

    private static func own(_ node: Node, _ index: Int) throws -> OwnPrice {
        var fields = try BillFields(node, "own price \(index + 1)")
        let own = OwnPrice(
            name: try fields.required("name"), price: try fields.requiredNumber("price"),
            unit: try fields.text("unit") ?? "", quantity: try fields.quantity())
        try fields.finish()
        return own
    }

    private static func discount(_ node: Node, _ index: Int) throws -> BillDiscount {
        var fields = try BillFields(node, "discount \(index + 1)")
        let percent = try fields.requiredNumber("percent")
        guard percent <= ExactDecimal(100) else { throw fields.error("a discount is from 0 to 100 percent") }
        let scope: BillDiscount.Scope
        let service = try fields.text("service")
        switch try fields.text("provider") {
        case "own": scope = .own
        case let name?: scope = .provider(try provider(name, in: fields, or: ["own"]), service: service)
        case nil: scope = .all
        }
        let discount = BillDiscount(name: try fields.required("name"), percent: percent, scope: scope)
        try fields.finish()
        if service != nil, case .provider = scope {
        } else if service != nil {
            throw fields.error("'service' needs a 'provider'")
        }
        return discount
    }
}
