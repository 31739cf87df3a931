import ByteText

/// What Azure is asked for, so that it sends as little as can be of what is not wanted.
///
/// Only what can be said exactly is asked; the selection is applied to every item in any case.
package enum AzureQuery {
    static let path = "/api/retail/prices"
    /// The version that has savings plans.
    private static let version = "2023-01-01-preview"
    /// A filter of more alternatives than this is left out: the address would grow too long.
    private static let maximumAlternatives = 25

    /// The path and query of the first page.
    package static func firstPage(_ selection: ProviderSelection) -> String {
        var query = "\(path)?api-version=\(version)&currencyCode='\(selection.currency ?? "USD")'"
        let conditions = [
            alternatives("serviceName", selection.services.exactTexts),
            alternatives("armRegionName", regions(selection)),
            alternatives("serviceFamily", selection.families.exactTexts),
            alternatives("priceType", types(selection.terms)),
        ].compactMap { $0 }
        if !conditions.isEmpty { query += "&$filter=" + conditions.joined(separator: " and ").bytes.percentEncoded() }
        return query
    }

    /// The service may be named by its id, which stands in another field: then nothing is asked.
    private static func alternatives(_ field: String, _ texts: [String]?) -> String? {
        guard let texts, !texts.isEmpty, texts.count <= maximumAlternatives else { return nil }
        if field == "serviceName", texts.contains(where: { $0.bytes.hasStart("DZH") }) { return nil }
        let terms = texts.map { "\(field) eq '\($0.bytes.replaced("'", with: "''"))'" }
        return terms.count == 1 ? terms[0] : "(" + terms.joined(separator: " or ") + ")"
    }

    /// `global` stands for items of several names and of none, so it cannot be asked for.
    private static func regions(_ selection: ProviderSelection) -> [String]? {
        selection.regions.exactTexts.flatMap { $0.contains { $0.bytes == "global" } ? nil : $0 }
    }

    private static func types(_ terms: Set<PriceTerm>) -> [String]? {
        var types: Set<String> = []
        if !terms.isDisjoint(with: [.onDemand, .spot, .savingsPlan]) { types.insert("Consumption") }
        // Savings plans are offered on development rates, too.
        if !terms.isDisjoint(with: [.developmentTest, .savingsPlan]) { types.insert("DevTestConsumption") }
        if terms.contains(.reserved) { types.insert("Reservation") }
        return types.count == 3 ? nil : types.sorted()
    }
}
