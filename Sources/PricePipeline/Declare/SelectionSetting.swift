import CloudPrices
import SennitPipeline

extension PriceSettings {
    /// The word for everything that the providers publish.
    private static let everything = "all"

    /// The selection that is asked for; nil for everything.
    ///
    /// - Throws: `PipelineError` where live lists would be read without anybody having said which; `PriceProblem` for
    ///   a file that is wrong.
    func chosenSelection(isLive: Bool) throws -> PriceSelectionText? {
        if selection == Self.everything { return nil }
        if let selection { return try PriceSelectionText(contentsOf: selection) }
        guard isLive else { return nil }
        if let file = SampleFolder.find(samples)?.file("live.yml") { return try PriceSelectionText(contentsOf: file) }
        throw PipelineError(
            .invalidConfiguration,
            """
            Section 'prices' does not say what is to be read of the providers' own servers. Name a file as \
            'selection', as Samples/live.yml is one, or write 'selection: all' for every price of every service: \
            many gigabytes.
            """)
    }
}
