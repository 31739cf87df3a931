/// Reads Azure's Retail Prices: pages of items, each with its tiers, reservations and savings plans.
///
/// Azure lists the items of one meter one after the other, so only those of one are held at a time. What is held for
/// the whole run are two hashes an item, to know again what comes twice.
///
/// Not promised: paging by `$skip` over a set that moves can leave an item out, and nothing tells.
public struct AzureScraper: Scraper {
    /// `azure`.
    public static let provider = CloudProvider.azure
    /// Azure's server.
    public static let root = "https://prices.azure.com"
    /// What is read; its currency is what is asked for, or USD.
    public var selection: ProviderSelection
    /// The units that are known.
    public var units = UnitTable.azure
    /// The regions that are known.
    public var regions = RegionTable.azure
    /// The most pages that one run reads.
    public var maximumPages = 20_000

    /// Makes a scraper of what is selected.
    public init(selection: ProviderSelection) { self.selection = selection }

    /// Reads all that the selection wants; see ``Scraper``.
    public func scrape(
        from origin: any PriceListOrigin, into sink: any PriceSink, progress: ScrapeProgress = .none
    ) async throws -> ScrapeSummary {
        let run = ScrapeRun(provider: Self.provider, selection: selection, sink: sink, progress: progress)
        run.knownRegions = Set(regions.allRegions)
        let start = AzureQuery.firstPage(selection)
        var paging = AzurePaging(start: start)
        paging.maximumPages = maximumPages
        let families = AzureFamilies(run: run, units: units, regions: regions)
        var next: String? = start
        while let path = next {
            try Task.checkCancellation()
            let (page, newItems) = try families.read(try await origin.open(path), path: path)
            next = try paging.next(link: page.nextLink, newItems: newItems, of: path)
        }
        try families.finish()
        return try run.finish()
    }

    /// Reads one page, or a list of items, that is at hand.
    ///
    /// A link to a next page is not followed.
    public func scrape(
        file source: any ByteSource, path: String, into sink: any PriceSink, progress: ScrapeProgress = .none
    ) throws -> ScrapeSummary {
        let run = ScrapeRun(provider: Self.provider, selection: selection, sink: sink, progress: progress)
        let families = AzureFamilies(run: run, units: units, regions: regions)
        _ = try families.read(source, path: path)
        try families.finish()
        return try run.finish()
    }
}

/// Gathers the items of each family, over the ends of pages, and writes their rows.
final class AzureFamilies {
    private let run: ScrapeRun
    private let units: UnitTable
    private let regions: RegionTable
    private var resolver: RegionResolver
    private let selection: ProviderSelection
    private var writer: AzureRowWriter?
    private var family: [AzureItem] = []
    private var count = 0
    private var seenItems: Set<UInt64> = []
    private var seenFamilies: Set<UInt64> = []

    init(run: ScrapeRun, units: UnitTable, regions: RegionTable) {
        self.run = run
        selection = run.selection
        self.units = units.adding(selection.rules.addedUnits)
        self.regions = regions.adding(selection.rules.places)
        resolver = RegionResolver(self.regions)
    }

    /// Reads a page; the last family waits for the next one.
    ///
    /// - Returns: the page, and how many of its items had not come before.
    func read(_ source: any ByteSource, path: String) throws -> (AzurePageReader.Page, newItems: Int) {
        let row = try run.begin(path)
        let document = row.source.id
        if writer == nil { writer = AzureRowWriter(run: run, row: row, units: units, regions: regions) }
        var reader = AzurePageReader(source, path: path)
        var newItems = 0
        let page = try reader.read(document: document) { bytes in
            try run.advance(bytesOfDocument: bytes)
        } take: { item in
            guard seenItems.insert(item.fullHash).inserted else {
                run.summary.duplicates += 1
                return
            }
            newItems += 1
            try take(&item)
        }
        try run.end(bytesOfDocument: reader.bytesRead)
        return (page, newItems)
    }

    /// Writes the last family.
    func finish() throws { try flush() }

    /// Takes an item over; what is put in its place is for the reader to fill.
    private func take(_ item: inout AzureItem) throws {
        guard isWanted(item) else {
            run.summary.productsLeftOut += 1
            return
        }
        run.summary.productsKept += 1
        if count > 0, !item.isOfOneFamily(with: family[0]) { try flush() }
        if count == 0 { try begin(item) }
        guard count < Self.maximumFamily else {
            throw PriceProblem(
                .limitExceeded, "one meter has more than \(Self.maximumFamily) prices", provider: .azure,
                offset: item.offset, sku: String(copying: item.text(.skuId)))
        }
        if count == family.count { family.append(AzureItem()) }
        swap(&family[count], &item)
        count += 1
    }

    /// More tiers and times than any meter has.
    private static let maximumFamily = 1000

    /// A family that comes back has tiers that were not known when its rows were written.
    private func begin(_ item: AzureItem) throws {
        guard !seenFamilies.insert(item.familyHash).inserted else { return }
        run.record(
            PriceProblem(
                .listMoved, "the prices of one meter do not stand together", provider: .azure,
                source: run.summary.documents[Int(item.document) - 1].path, offset: item.offset,
                sku: String(copying: item.text(.skuId)),
                advice: "The list moved while it was read; run it again."))
    }

    private func flush() throws {
        guard count > 0 else { return }
        try writer?.write(family[..<count])
        count = 0
    }

    private func isWanted(_ item: AzureItem) -> Bool {
        if !selection.services.isAll {
            run.note(.service, item.text(.serviceName))
            run.note(.service, item.text(.serviceId))
            guard
                selection.services.matches(item.text(.serviceName)) || selection.services.matches(item.text(.serviceId))
            else { return false }
        }
        if !selection.families.isAll {
            run.note(.family, item.text(.serviceFamily))
            guard selection.families.matches(item.text(.serviceFamily)) else { return false }
        }
        guard isWantedTerm(item) else { return false }
        if !selection.regions.isAll {
            let region = resolver.region(code: item.text(.armRegionName), location: item.text(.location))
            let name = region ?? Array(copying: item.text(.armRegionName))
            run.note(.region, name.span)
            guard selection.regions.matches(name.span) else { return false }
        }
        for (index, condition) in selection.attributes.enumerated() {
            guard let value = AzureAttribute.value(of: condition.name, item) else { return false }
            run.note(.attribute(index), value)
            guard condition.values.matches(value) else { return false }
        }
        for name in selection.keptAttributes where AzureAttribute.value(of: name, item) != nil {
            run.note(.keptAttribute, name)
        }
        return true
    }

    /// What cannot be read is kept here, so that it is reported and not lost.
    private func isWantedTerm(_ item: AzureItem) -> Bool {
        let terms = selection.terms
        if terms.count == PriceTerm.allCases.count { return true }
        if terms.contains(.savingsPlan), !item.savingsPlans.isEmpty { return true }
        let type = item.text(.type)
        if type.equals("Reservation") { return terms.contains(.reserved) }
        if type.equals("DevTestConsumption") { return terms.contains(.developmentTest) }
        guard type.equals("Consumption") else { return true }
        let isSpot = item.text(.skuName).hasEnd(" Spot") || item.text(.skuName).hasEnd(" Low Priority")
        return terms.contains(isSpot ? .spot : .onDemand)
    }
}
