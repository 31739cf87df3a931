import ConfigurationReading
import VariableExpansion
import Yams

extension PriceSelection {
    /// Reads a selection from YAML, in which variables are expanded first.
    ///
    /// ```yaml
    /// aws:
    ///   services: [AmazonEC2, AmazonS3]
    ///   regions: [eu-west-1, us-*]
    ///   terms: [on_demand, reserved]
    ///   families: [Compute Instance]
    ///   attributes: { operatingSystem: Linux, tenancy: [Shared, Dedicated] }
    ///   keep: [instanceType, vcpu]
    /// azure: { currency: EUR, services: "Virtual Machines" }
    /// gcp: all
    /// ```
    ///
    /// Beside the providers stand `units`, `regions`, `unknown` and `odd`, which say how their lists are read; see
    /// ``ReadingRules``:
    ///
    /// ```yaml
    /// units: { aws: { "1K widgets": { unit: Widgets, block: 1000 } } }
    /// regions: { aws: [Atlantis] }
    /// unknown: { azure: { skip: 100 } }
    /// ```
    ///
    /// A provider that is not named is not read. What is not said of one is not limited. `*` stands for any characters.
    /// - Throws: `PriceProblem` with code `invalidSelection` that names the line, for a key or term that there is not
    /// too.
    public init(yaml: String, variables: [String: String] = [:], name: String = "selection") throws(PriceProblem) {
        let text: String
        do {
            text = try VariableExpander(isStrict: true).expand(yaml, variables: variables)
        } catch {
            throw PriceProblem(.invalidSelection, "a variable cannot be expanded: \(error)", source: name)
        }
        try self.init(expandedYAML: text, name: name)
    }

    /// Reads a selection in which variables are expanded already.
    package init(expandedYAML text: String, name: String = "selection") throws(PriceProblem) {
        let node: Node?
        let rules: ReadingRuleSections
        do throws(ConfigurationProblem) {
            node = try ConfigurationText.compose(text)
            let configuration = try ConfigurationText(text)
            rules = ReadingRuleSections(
                units: try configuration.value(of: "units"), regions: try configuration.value(of: "regions"),
                unknown: try configuration.value(of: "unknown"), odd: try configuration.value(of: "odd"))
        } catch {
            throw PriceProblem(.invalidSelection, "\(error)", source: name)
        }
        let reader = SelectionReader(name: name)
        providers = [:]
        for (key, value) in try reader.mapping(node, "the selection") {
            if ReadingRuleSections.names.contains(key) { continue }
            try reader.check(provider: key, value)
            providers[CloudProvider(rawValue: key)] = try reader.provider(value)
        }
        guard !providers.isEmpty else {
            throw PriceProblem(
                .invalidSelection, "no provider is named", source: name, advice: "Name one, as in 'aws: all'.")
        }
        for provider in rules.providers {
            guard providers[CloudProvider(rawValue: provider)] != nil else {
                throw PriceProblem(
                    .invalidSelection, "there are rules for a provider that the selection does not name", source: name,
                    found: provider, advice: "Name it, as in '\(provider): all', or correct it.")
            }
            providers[CloudProvider(rawValue: provider)]?.rules = rules.rules(of: CloudProvider(rawValue: provider))
        }
    }
}

/// Turns nodes of YAML into a selection.
private struct SelectionReader {
    let name: String

    private static let keys = ["services", "regions", "terms", "families", "attributes", "keep", "currency"]

    func check(provider: String, _ node: Node) throws(PriceProblem) {
        let known = CloudProvider.known.map(\.rawValue)
        guard known.contains(provider) else {
            throw problem(UnknownKey.message(provider, among: known + ReadingRuleSections.names), node)
        }
    }

    func provider(_ node: Node) throws(PriceProblem) -> ProviderSelection {
        var selection = ProviderSelection()
        if node.string == "all" { return selection }
        for (key, value) in try mapping(node, "a provider") {
            switch key {
            case "services": selection.services = TextMatcher(try texts(value, key))
            case "regions": selection.regions = TextMatcher(try texts(value, key))
            case "families": selection.families = TextMatcher(try texts(value, key))
            case "keep": selection.keptAttributes = try texts(value, key)
            case "terms":
                selection.terms = Set(try texts(value, key).map { text throws(PriceProblem) in try term(text, value) })
            case "currency":
                selection.currency = try currency(value, key)
            case "attributes":
                selection.attributes = try mapping(value, "'attributes'").map { name, values throws(PriceProblem) in
                    .init(name: name, values: TextMatcher(try texts(values, name)))
                }
            default:
                throw problem(UnknownKey.message(key, among: SelectionReader.keys), value)
            }
        }
        guard selection.attributes.count < 64 else { throw problem("more than 63 attributes", node) }
        return selection
    }

    func mapping(_ node: Node?, _ what: String) throws(PriceProblem) -> [(String, Node)] {
        guard let mapping = node?.mapping else { throw problem("\(what) must be a mapping", node) }
        var result: [(String, Node)] = []
        for (key, value) in mapping {
            guard let text = key.string else { throw problem("a key must be a text", key) }
            guard !result.contains(where: { $0.0 == text }) else { throw problem("'\(text)' stands here twice", key) }
            result.append((text, value))
        }
        return result
    }

    private func texts(_ node: Node, _ key: String) throws(PriceProblem) -> [String] {
        if let text = node.string, node.sequence == nil { return [text] }
        guard let sequence = node.sequence else { throw problem("'\(key)' must be a text or a list of texts", node) }
        return try sequence.map { element throws(PriceProblem) in
            guard let text = element.string else { throw problem("'\(key)' must hold texts", element) }
            return text
        }
    }

    private func currency(_ node: Node, _ key: String) throws(PriceProblem) -> String {
        let currencies = try texts(node, key)
        guard let currency = currencies.first, currencies.count == 1 else {
            throw problem("'currency' is one; there are \(currencies.count) here", node)
        }
        guard CurrencyTable.iso4217.contains(currency) else {
            throw problem("there is no currency '\(currency)'; it is a code such as EUR", node)
        }
        return currency
    }

    private func term(_ text: String, _ node: Node) throws(PriceProblem) -> PriceTerm {
        guard let term = PriceTerm(rawValue: text) else {
            let all = PriceTerm.allCases.map(\.rawValue).joined(separator: ", ")
            throw problem("there is no term '\(text)'; there are \(all)", node)
        }
        return term
    }

    private func problem(_ message: String, _ node: Node?) -> PriceProblem {
        let place = node?.mark.map { "line \($0.line), column \($0.column): " } ?? ""
        return PriceProblem(.invalidSelection, place + message, source: name)
    }
}
