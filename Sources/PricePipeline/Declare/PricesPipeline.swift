import CloudPrices
import Foundation
public import SennitPipeline

/// The pipeline `prices`: price lists of three clouds, each scraped, checked and dumped in a worker process with a
/// Postgres of its own, then added up to one priced database.
///
/// ```text
/// aws   ─┐
/// azure ─┼─ aggregate ── prices.sql, summary.json
/// gcp   ─┘      └─────── publish, if a place is configured
/// ```
public enum PricesPipeline {
    /// The pipeline as a program offers it.
    public static let declaration = PipelineDeclaration(
        "prices", summary: "Price lists of three clouds, checked, dumped and added up.",
        afterword: { _, paths in try PricesAfterword.text(paths) },
        make: pipeline)

    /// Makes the pipeline from the section `prices` of a configuration.
    ///
    /// Without one it reads the bundled samples, or the providers' servers if the configuration is live. With a mirror
    /// it reads that, and selection, checks and bill are still those of the samples, where there are any.
    static func pipeline(_ configuration: PipelineConfiguration) throws -> Pipeline {
        var settings = try configuration.section("prices", as: PriceSettings.self) ?? PriceSettings()
        let bundle = configuration.isLive ? nil : SampleFolder.find(settings.samples)
        if !configuration.isLive, bundle == nil, settings.mirror == nil {
            throw PipelineError(
                .invalidConfiguration,
                """
                There are no sample lists \(settings.samples.map { "in '\($0)'" } ?? "beside the program"). Name their \
                folder as 'samples' in section 'prices', or use --live for the providers' own servers.
                """)
        }
        if let bundle { settings.fill(from: bundle) }
        let providers = try settings.chosenProviders()
        let samples = bundle.map { PriceOrigin.samples($0.path) } ?? .live
        let origin = configuration.isLive ? .live : settings.mirror.map { .mirror($0) } ?? samples
        var steps = try providers.map { try step(for: $0, origin, settings) }
        steps.append(aggregate(providers, settings))
        if let publish = settings.publish { steps.append(publishing(providers, publish)) }
        return try Pipeline("prices", summary: declaration.summary, steps: steps)
    }

    private static func step(
        for provider: CloudProvider, _ origin: PriceOrigin, _ settings: PriceSettings
    ) throws -> Step {
        let checks = settings.checks?[provider.rawValue] ?? []
        let inputs = checks.enumerated().map { StepInput.file($1, as: "\(provider)-checks-\($0).yml") }
        let selection = try settings.selection.map { try PriceSelectionText(contentsOf: $0) }
        return Step(
            provider.rawValue,
            ProviderStep(
                provider: provider, origin: origin, selection: selection, checkInputs: inputs.map(\.name),
                readsCSV: settings.csv, cache: settings.cache.map { URL(filePath: $0).path }),
            summary: "Scrape, check and dump the prices of \(provider).",
            inputs: inputs, outputs: [ProviderStep.dumpName(provider), ProviderStep.reportName(provider)],
            timeout: .seconds(3600),
            // What a server publishes is no input that could be compared beforehand.
            isCached: false)
    }

    private static func aggregate(_ providers: [CloudProvider], _ settings: PriceSettings) -> Step {
        let bill = settings.bill.map { StepInput.file($0, as: "bill.yml") }
        let made = providers.flatMap { [ProviderStep.dumpName($0), ProviderStep.reportName($0)] }
        return Step(
            "aggregate", AggregateStep(providers: providers, billInput: bill?.name),
            summary: "Add the dumps up to one database, and price a bill of materials.",
            inputs: made.map { .artefact($0) } + (bill.map { [$0] } ?? []),
            outputs: [AggregateStep.dumpName, AggregateStep.summaryName], timeout: .seconds(900))
    }

    private static func publishing(
        _ providers: [CloudProvider], _ settings: PriceSettings.PublishSettings
    ) -> Step {
        let made = providers.flatMap { [ProviderStep.dumpName($0), ProviderStep.reportName($0)] }
        let step = PublishStep(
            providers: providers, location: settings.to, endpoint: settings.endpoint, key: settings.key,
            weeks: settings.weeks ?? 12)
        // The summary is an input, so that nothing is published of a run whose dumps do not add up.
        return Step(
            "publish", step, summary: "Put the checked dumps into \(settings.to).",
            inputs: (made + [AggregateStep.summaryName]).map { .artefact($0) }, outputs: [PublishStep.listName],
            timeout: .seconds(1800), isCached: false)
    }
}
