import CloudPrices
package import Foundation
public import SennitPipeline

/// The pipeline `prices`: price lists of three clouds, each scraped, checked and dumped in a worker process with a
/// Postgres of its own, then added up to one priced database.
///
/// ```text
/// aws   ─┐
/// azure ─┼─ aggregate ── prices.sql, summary.json
/// gcp   ─┘      ├─────── estimate, if there is a bill
///               └─────── publish, if a place is configured
/// ```
public enum PricesPipeline {
    /// The pipeline as a program offers it.
    public static let declaration = PipelineDeclaration(
        "prices", summary: "Price lists of three clouds, checked, dumped and added up.",
        afterword: { _, paths in try PricesAfterword.text(paths) },
        make: { try pipeline($0) })

    /// Makes the pipeline from the section `prices` of a configuration.
    ///
    /// Without a folder or a server named in it, it reads the bundled samples, or the providers' servers if the
    /// configuration is live. With a mirror it reads that, and selection, checks and bill are still those of the
    /// samples, where there are any. Live, Google Cloud is left out where its key is not set, unless `providers` names
    /// it; the pipeline's notes say so.
    package static func pipeline(
        _ configuration: PipelineConfiguration, environment: [String: String] = ProcessInfo.processInfo.environment,
        now: Date = Date()
    ) throws -> Pipeline {
        var settings = try PriceSettings.read(from: configuration)
        let bundle = configuration.isLive ? nil : SampleFolder.find(settings.samples)
        let hasNoSource = !configuration.isLive && bundle == nil && settings.mirror == nil
        if hasNoSource, configuration.needsSources {
            throw PipelineError(
                .invalidConfiguration,
                """
                There are no sample lists \(settings.samples.map { "in '\($0)'" } ?? "beside the program"). Name their \
                folder as 'samples' in section 'prices', or use --live for the providers' own servers.
                """)
        }
        if let bundle { settings.fill(from: bundle) }
        var (providers, notes) = (try settings.chosenProviders(), [String]())
        if configuration.isLive, settings.providers == nil,
            let note = KeylessProvider.removed(from: &providers, environment: environment)
        {
            notes.append(note)
        }
        let samples = bundle.map { PriceOrigin.samples($0.path) }
        let origin = configuration.isLive ? .live : settings.mirror.map { .mirror($0) } ?? samples
        let selection = try settings.chosenSelection(isLive: configuration.isLive)
        var steps = try providers.map { try step(for: $0, origin, selection, settings) }
        let variables = try settings.bill.map { try BillVariables(ofBill: $0, environment: environment, now: now) }
        steps.append(try aggregate(providers, settings, variables))
        if settings.bill != nil { steps.append(estimating()) }
        if let publish = settings.publish { steps.append(publishing(providers, publish)) }
        var pipeline = try Pipeline("prices", summary: declaration.summary, steps: steps)
        pipeline.notes = notes
        return pipeline
    }

    /// What a network or a server was in the way of is tried again when they have had time to come back.
    private static let reachingOut = RetryPolicy(
        maximumAttempts: 3, initialDelay: .seconds(2), multiplier: 5, maximumDelay: .seconds(30))

    private static func step(
        for provider: CloudProvider, _ origin: PriceOrigin?, _ selection: PriceSelectionText?,
        _ settings: PriceSettings
    ) throws -> Step {
        let checks = settings.checks?[provider.rawValue] ?? []
        let inputs = checks.enumerated().map { StepInput.file($1, as: "\(provider)-checks-\($0).yml") }
        return Step(
            provider.rawValue,
            ProviderStep(
                provider: provider, origin: origin, selection: selection, rules: settings.rules.rules(of: provider),
                checkInputs: inputs.map(\.name),
                readsCSV: settings.csv, readsChina: provider == .aws && settings.china == true,
                cache: settings.cache.map { URL(filePath: $0).path },
                history: settings.history.map { URL(filePath: $0).path }, storage: try settings.serverStorage()),
            summary: "Scrape, check and dump the prices of \(provider).",
            inputs: inputs, outputs: [ProviderStep.dumpName(provider), ProviderStep.reportName(provider)],
            timeout: .seconds(3600), retry: reachingOut,
            // What a server publishes is no input that could be compared beforehand.
            isCached: false)
    }

    private static func aggregate(
        _ providers: [CloudProvider], _ settings: PriceSettings, _ variables: BillVariables?
    ) throws -> Step {
        let bill = settings.bill.map { StepInput.file($0, as: "bill.yml") }
        let made = providers.flatMap { [ProviderStep.dumpName($0), ProviderStep.reportName($0)] }
        return Step(
            "aggregate",
            AggregateStep(
                providers: providers, billInput: bill?.name, variables: variables,
                storage: try settings.serverStorage()),
            summary: "Add the dumps up to one database, and price a bill of materials beside it.",
            inputs: made.map { .artefact($0) } + (bill.map { [$0] } ?? []),
            outputs: [AggregateStep.dumpName, AggregateStep.summaryName]
                + (bill == nil ? [] : [AggregateStep.estimateName]), timeout: .seconds(900))
    }

    /// A bill that cannot be priced fails here, and neither the dump nor what is published.
    private static func estimating() -> Step {
        Step(
            "estimate", EstimateStep(), summary: "Report what the bill of materials costs.",
            inputs: [.artefact(AggregateStep.estimateName)], outputs: [EstimateStep.resultName],
            timeout: .seconds(60))
    }

    private static func publishing(
        _ providers: [CloudProvider], _ settings: PriceSettings.PublishSettings
    ) -> Step {
        let made = providers.flatMap { [ProviderStep.dumpName($0), ProviderStep.reportName($0)] }
        let step = PublishStep(
            providers: providers, location: settings.to, endpoint: settings.endpoint, region: settings.region,
            key: settings.key, weeks: settings.weeks ?? 12)
        // The summary is an input, so that nothing is published of a run whose dumps do not add up.
        return Step(
            "publish", step, summary: "Put the checked dumps into \(settings.to).",
            inputs: (made + [AggregateStep.summaryName]).map { .artefact($0) }, outputs: [PublishStep.listName],
            timeout: .seconds(1800), retry: reachingOut, isCached: false)
    }
}
