package import CloudPrices

/// Which problems of a scrape another attempt may not have.
package enum PassingProblems {
    /// What a connection or a server was in the way of.
    ///
    /// A list that is cut off or mangled may come whole the next time. Downloads are tried again on their own, but give
    /// up after minutes; a database that went away is not waited for.
    private static let anywhere: Set<PriceProblem.Code> = [.inputFailed, .outputFailed, .truncated, .malformed]

    /// What a list that is read page by page shows when it is changed meanwhile.
    private static let ofPages: Set<PriceProblem.Code> = [.listMoved, .limitExceeded]

    /// Whether a problem of a kind may be gone the next time.
    package static func mayPass(_ code: PriceProblem.Code, of provider: CloudProvider) -> Bool {
        anywhere.contains(code) || provider != .aws && ofPages.contains(code)
    }

    /// Whether all problems may be gone the next time: one that stays is enough to fail again.
    package static func mayPass(_ problems: PriceProblems, of provider: CloudProvider) -> Bool {
        problems.counts.keys.allSatisfy { mayPass($0, of: provider) }
    }
}
