/// What the documents of one run share: the sink, what was counted, and what was wrong.
package final class ScrapeRun {
    /// Whose prices are read.
    package let provider: CloudProvider
    /// What is read of them.
    package let selection: ProviderSelection
    /// What was counted so far.
    package var summary = ScrapeSummary()
    /// What was wrong so far.
    package private(set) var problems = PriceProblems()
    /// Regions that could have been meant by one that nothing has.
    package var knownRegions: Set<String> = []
    private var use = SelectionUse()
    private var counts: [RuleGroup: Int] = [:]
    private let sink: any PriceSink
    private let progress: ScrapeProgress
    private var finishedBytes = 0
    private var document = ""
    private var otherCurrencies: Set<String> = []

    package init(
        provider: CloudProvider, selection: ProviderSelection, sink: any PriceSink, progress: ScrapeProgress
    ) {
        self.provider = provider
        self.selection = selection
        self.sink = sink
        self.progress = progress
    }

    /// Numbers a document, tells the sink about it, and makes a row for its prices.
    package func begin(
        _ path: String, version: String? = nil, published: PriceInstant? = nil
    ) throws -> PriceRowBuffer {
        let id = Int32(summary.documents.count + 1)
        let document = PriceSourceDocument(id: id, path: path, version: version, published: published)
        summary.documents.append(document)
        self.document = path
        try sink.begin(document)
        return PriceRowBuffer(provider: provider, source: document)
    }

    /// Gives a row to the sink.
    @inline(__always)
    package func emit(_ row: borrowing PriceRowBuffer) throws {
        try sink.append(row)
        use.note(row.term)
        summary.rows += 1
    }

    /// Notes a text that a product has, for what the selection names.
    @inline(__always)
    func note(_ part: SelectionUse.Part, _ text: Span<UInt8>) { use.note(part, text) }

    /// Notes a text that a product has, for what the selection names.
    func note(_ part: SelectionUse.Part, _ text: String) { use.note(part, text.utf8.span) }

    /// Counts what is wrong with a row; the run goes on, and fails at its end unless rules let the row be left out.
    package func record(_ problem: PriceProblem) {
        var problem = problem
        if problem.provider == nil { problem.provider = provider }
        guard let (group, limit) = selection.rules.limit(of: problem.code) else { return problems.record(problem) }
        summary.leftOut.record(problem)
        counts[group, default: 0] += 1
        guard counts[group] == limit + 1 else { return }
        problems.record(
            PriceProblem(
                .limitExceeded, "more is left out than '\(group.rawValue)' allows", provider: provider,
                found: "\(limit)", advice: "Look at what is left out; then raise the limit, or name fewer services."))
    }

    /// Takes an offer out of the sink of which so many rows were given to it.
    func takeBack(sku: String, offer: String, rows: Int) throws {
        try sink.takeBack(sku: sku, offer: offer)
        summary.rows -= rows
    }

    /// Notes that prices were left out since they are in another currency than the one asked for.
    package func leaveOut(currency: String) { otherCurrencies.insert(currency) }

    /// Tells how far the current document is; called once in a while.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    package func advance(bytesOfDocument: Int) throws {
        try Task.checkCancellation()
        summary.bytes = finishedBytes + bytesOfDocument
        progress.update(.init(document: document, rows: summary.rows, bytes: summary.bytes))
    }

    /// Ends a document.
    package func end(bytesOfDocument: Int) throws {
        try advance(bytesOfDocument: bytesOfDocument)
        finishedBytes += bytesOfDocument
    }

    /// Ends the run.
    ///
    /// - Throws: `PriceProblems` if anything was wrong with a row; `PriceProblem` if every price was left out for its
    ///   currency.
    package func finish() throws -> ScrapeSummary {
        if !problems.isEmpty {
            problems.merge(summary.leftOut)
            throw problems
        }
        summary.notices += use.unused(in: selection, knownRegions: knownRegions).map { notice in
            var notice = notice
            notice.provider = provider
            return notice
        }
        if summary.rows == 0, !otherCurrencies.isEmpty {
            throw PriceProblem(
                .invalidSelection, "no price is in \(selection.currency ?? "the currency") that is asked for",
                provider: provider, found: otherCurrencies.sorted().prefix(5).joined(separator: ", "),
                advice: "Ask for a currency in which the provider publishes its prices.")
        }
        return summary
    }
}
