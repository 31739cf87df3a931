/// Which names of a selection some product has: one that nothing has is reported, beside those that are found.
struct SelectionUse {
    /// What a name is of.
    enum Part: Hashable {
        case service, region, family, keptAttribute
        /// One of the selection's conditions, by its place.
        case attribute(Int)
    }

    /// More texts than these are not kept.
    private static let maximumTexts = 4096

    private struct Texts {
        var hashes: Set<UInt64> = []
        var texts: Set<String> = []
    }

    private var seen: [Part: Texts] = [:]
    private var terms: Set<PriceTerm> = []
    private var lastTerm: PriceTerm?

    /// Notes a text that a product has.
    mutating func note(_ part: Part, _ text: Span<UInt8>) {
        guard seen[part, default: Texts()].hashes.insert(text.mixed(into: 0)).inserted else { return }
        guard let count = seen[part]?.texts.count, count < Self.maximumTexts else { return }
        seen[part]?.texts.insert(String(copying: text))
    }

    /// Notes the term of a row.
    @inline(__always)
    mutating func note(_ term: PriceTerm) {
        if term == lastTerm { return }
        lastTerm = term
        terms.insert(term)
    }

    /// A report for each name that nothing had.
    func unused(in selection: ProviderSelection, knownRegions: Set<String>) -> [PriceProblem] {
        var notices: [PriceProblem] = []
        notices += unused(selection.services, .service, "service")
        notices += unused(selection.regions, .region, "region", others: knownRegions)
        notices += unused(selection.families, .family, "family")
        for (index, condition) in selection.attributes.enumerated() {
            notices += unused(condition.values, .attribute(index), "value of the attribute '\(condition.name)'")
        }
        if !selection.keptAttributes.isEmpty {
            notices += unused(TextMatcher(selection.keptAttributes), .keptAttribute, "attribute to keep")
        }
        if selection.terms.count < PriceTerm.allCases.count {
            let names = Set(terms.map(\.rawValue))
            for term in selection.terms.subtracting(terms).map(\.rawValue).sorted() {
                notices.append(Self.notice(term, "term", names))
            }
        }
        return notices
    }

    private func unused(
        _ matcher: TextMatcher, _ part: Part, _ what: String, others: Set<String> = []
    ) -> [PriceProblem] {
        guard !matcher.isAll else { return [] }
        let found = seen[part]?.texts ?? []
        // With more texts than are kept nothing can be said for sure.
        guard found.count < Self.maximumTexts else { return [] }
        return matcher.allTexts.compactMap { text in
            let one = TextMatcher([text])
            return found.contains(where: one.matches) ? nil : Self.notice(text, what, found.union(others))
        }
    }

    private static func notice(_ text: String, _ what: String, _ others: Set<String>) -> PriceProblem {
        let nearest = NearestNames.names(to: text, among: others.subtracting([text, ""]))
        let names = nearest.map { "'\($0)'" }.joined(separator: ", ")
        return PriceProblem(
            .unusedName, "nothing that the selection keeps has this \(what)", found: text,
            advice: (names.isEmpty ? "" : "The nearest are \(names). ") + "Correct it, or leave it out.")
    }
}
