/// Whether services that a selection names are there: one that is misspelt must not be a list of nothing.
enum NamedServices {
    /// Compares the services that are named exactly with those of an index.
    ///
    /// - Parameters:
    ///   - selection: What is wanted.
    ///   - names: The names or codes by which each service can be asked for.
    ///   - provider: Whose services.
    ///   - source: The path of the index.
    /// - Throws: `PriceProblem` with code `invalidSelection` that names a service that is not there, and those that are
    ///   most like it.
    static func check(
        _ selection: ProviderSelection, among names: [String], of provider: CloudProvider, in source: String
    ) throws(PriceProblem) {
        guard !selection.services.isAll else { return }
        let known = Set(names)
        guard let missing = selection.services.namedTexts.first(where: { !known.contains($0) }) else { return }
        let nearest = NearestNames.names(to: missing, among: known).map { "'\($0)'" }.joined(separator: ", ")
        throw PriceProblem(
            .invalidSelection, "there is no such service", provider: provider, source: source, found: missing,
            advice: (nearest.isEmpty ? "The index lists none." : "There are \(nearest) and others.")
                + " Correct the selection, or leave it out.")
    }
}
