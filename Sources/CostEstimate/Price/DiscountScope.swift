import CloudPrices

extension BillDiscount.Scope {
    /// Whether a discount is taken from a line.
    func covers(_ line: Estimate.Line) -> Bool {
        switch self {
        case .all: true
        case .own: line.provider == nil
        case .provider(let provider, let service):
            line.provider == provider && (service == nil || line.offer?.service == service)
        }
    }
}

extension BillDiscount {
    /// What to report of a discount that is taken from nothing; `nil` if some line has it.
    func warning(for lines: [Estimate.Line]) -> String? {
        guard !lines.contains(where: scope.covers) else { return nil }
        switch scope {
        case .all: return "the discount '\(name)' takes nothing: the bill has no lines"
        case .own: return "the discount '\(name)' takes nothing: the bill has no prices of its own"
        case .provider(let provider, let service):
            let services = Set(lines.filter { $0.provider == provider }.compactMap { $0.offer?.service })
            guard let service, !services.isEmpty else {
                let others = Set(lines.map { $0.provider?.rawValue ?? "own" }).sorted().joined(separator: ", ")
                return "the discount '\(name)' takes nothing: no line is of \(provider); there are lines of \(others)"
            }
            let nearest = NearestNames.names(to: service, among: services).map { "'\($0)'" }.joined(separator: ", ")
            return "the discount '\(name)' takes nothing: no line is of the service '\(service)'; there are lines of "
                + nearest
        }
    }
}
