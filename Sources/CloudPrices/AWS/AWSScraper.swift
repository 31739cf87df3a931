/// Reads AWS's price lists: the index of offers, the regions of each offer, and each region's list.
///
/// On-demand and reserved prices come from offers, in JSON or CSV; savings plans from files of their own. What the
/// selection does not want is not fetched where the indexes tell, and passed over where they do not.
public struct AWSScraper: Scraper {
    /// `aws`.
    public static let provider = CloudProvider.aws
    /// What is read.
    public var selection: ProviderSelection
    /// Whose lists.
    public var partition = AWSPartition.aws
    /// In which format offers are read.
    public var format = AWSOfferFormat.json
    /// Which version of each offer is read: the one that was in force then; `nil` for the current one.
    ///
    /// Old versions are listed for all regions in one; their single regions are not read.
    public var effectiveAt: PriceInstant?
    /// The units that are known.
    public var units = UnitTable.aws
    /// The regions that are known.
    public var regions = RegionTable.aws

    /// The most offers or regions that one run reads.
    static let maximumDocuments = 100_000

    /// Makes a scraper of what is selected.
    public init(selection: ProviderSelection) { self.selection = selection }

    /// Reads all that the selection wants; see ``Scraper``.
    public func scrape(
        from origin: any PriceListOrigin, into sink: any PriceSink, progress: ScrapeProgress = .none
    ) async throws -> ScrapeSummary {
        let run = ScrapeRun(provider: Self.provider, selection: selection, sink: sink, progress: progress)
        run.knownRegions = Set(regions.allRegions)
        let all = try AWSIndexReader.offers(try await origin.open(partition.indexPath))
        for offer in all { run.note(.service, offer.code) }
        try NamedServices.check(selection, among: all.map(\.code), of: Self.provider, in: partition.indexPath)
        let offers = all.filter { selection.services.matches($0.code) }
        if !selection.terms.isDisjoint(with: [.onDemand, .reserved]) {
            for offer in offers { try await readOffer(offer, from: origin, into: run) }
        }
        if selection.terms.contains(.savingsPlan) {
            // Several offers share one plan's files.
            for path in Set(offers.compactMap(\.savingsPlanIndexPath)).sorted() {
                try await readSavingsPlans(path, from: origin, into: run)
            }
        }
        return try run.finish()
    }

    private func readOffer(_ offer: AWSOffer, from origin: any PriceListOrigin, into run: ScrapeRun) async throws {
        // New regions stand in the index before they stand in any table.
        var known = regions
        if let moment = effectiveAt {
            guard let path = offer.versionIndexPath else { throw missing("version index", of: offer) }
            let versions = try AWSIndexReader.versions(try await origin.open(path))
            guard let version = versions.last(where: { $0.holds(at: moment) }) else {
                throw missing("version in force at that time", of: offer)
            }
            return try await readList(version.path, regions: known, from: origin, into: run)
        }
        var lists: [AWSRegionList] = []
        if let index = offer.regionIndexPath { lists = try AWSIndexReader.regions(try await origin.open(index)) }
        guard !lists.isEmpty else {
            // Sold in no single region, or not listed by it.
            guard let path = offer.currentPath else { throw missing("current list", of: offer) }
            return try await readList(path, regions: known, from: origin, into: run)
        }
        known = known.adding(lists.map(\.region))
        for list in lists { run.note(.region, list.region) }
        for list in lists where selection.regions.matches(list.region) {
            try await readList(list.path, regions: known, from: origin, into: run)
        }
    }

    private func readList(
        _ path: String, regions: RegionTable, from origin: any PriceListOrigin, into run: ScrapeRun
    ) async throws {
        let path = format.path(path)
        try read(try await origin.open(path), path: path, regions: regions, into: run)
    }

    private func read(
        _ source: any ByteSource, path: String, regions: RegionTable, into run: ScrapeRun
    ) throws {
        let (units, regions) = (knownUnits, regions.adding(selection.rules.places))
        switch format {
        case .json: try AWSOfferReader.read(source, path: path, into: run, units: units, regions: regions)
        case .csv: try AWSCSVReader.read(source, path: path, into: run, units: units, regions: regions)
        }
    }

    /// The units of the table, and those that the selection's rules add.
    private var knownUnits: UnitTable { units.adding(selection.rules.addedUnits) }

    private func readSavingsPlans(
        _ index: String, from origin: any PriceListOrigin, into run: ScrapeRun
    ) async throws {
        let lists = try AWSIndexReader.regions(try await origin.open(index))
        for list in lists { run.note(.region, list.region) }
        for list in lists where selection.regions.matches(list.region) {
            try AWSSavingsPlanReader.read(
                try await origin.open(list.path), path: list.path, region: list.region, into: run, units: knownUnits)
        }
    }

    private func missing(_ what: String, of offer: AWSOffer) -> PriceProblem {
        PriceProblem(
            .missingField, "the offer \(offer.code) has no \(what)", provider: .aws, source: partition.indexPath,
            advice: "Leave it out by the selection.")
    }
}

extension AWSOfferVersion {
    /// Whether its prices were in force at a moment.
    func holds(at moment: PriceInstant) -> Bool {
        guard let begin, begin <= moment else { return false }
        return end.map { moment < $0 } ?? true
    }
}

extension AWSScraper {
    /// Reads one offer file that is at hand, without any index; its rows' source is `path`.
    ///
    /// It blocks its thread, and throws what reading from an origin throws; see ``Scraper``.
    public func scrape(
        file source: any ByteSource, path: String, into sink: any PriceSink, progress: ScrapeProgress = .none
    ) throws -> ScrapeSummary {
        let run = ScrapeRun(provider: Self.provider, selection: selection, sink: sink, progress: progress)
        try read(source, path: path, regions: regions, into: run)
        return try run.finish()
    }
}
