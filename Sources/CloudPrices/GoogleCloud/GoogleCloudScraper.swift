import ByteText

/// Reads Google's Cloud Billing Catalog: its services, and the SKUs of each.
///
/// One SKU makes a row for each of its regions, tiers and times. The price of a virtual machine is not in the catalog:
/// it is sold as cores and memory.
public struct GoogleCloudScraper: Scraper {
    /// `gcp`.
    public static let provider = CloudProvider.googleCloud
    /// Google's server.
    public static let root = "https://cloudbilling.googleapis.com"
    /// The variable of the environment that holds the key.
    public static let keyVariable = "GCP_BILLING_KEY"
    /// What is read; its currency is what is asked for, or USD.
    public var selection: ProviderSelection
    /// The units that are known.
    public var units = UnitTable.googleCloud
    /// The regions that are known.
    public var regions = RegionTable.googleCloud
    /// The most pages that one run reads.
    public var maximumPages = 20_000
    /// How many services or SKUs are asked for at a time.
    public var pageSize = 5000

    /// Makes a scraper of what is selected.
    public init(selection: ProviderSelection) { self.selection = selection }

    /// The header that carries the key of the catalog; the key is in no address.
    ///
    /// - Throws: `PriceProblem` with code `missingKey` if the environment has no key, or one that no header can carry.
    public static func keyHeader(environment: [String: String]) throws(PriceProblem) -> SecretHeader {
        let key = environment[keyVariable] ?? ""
        guard !key.isEmpty, key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw PriceProblem(
                .missingKey, key.isEmpty ? "there is no key for the price catalog" : "the key is not one",
                provider: .googleCloud, advice: "Set \(keyVariable) to an API key of Google Cloud's billing catalog.")
        }
        return SecretHeader(name: "X-Goog-Api-Key", value: key)
    }

    /// Reads all that the selection wants; see ``Scraper``.
    public func scrape(
        from origin: any PriceListOrigin, into sink: any PriceSink, progress: ScrapeProgress = .none
    ) async throws -> ScrapeSummary {
        let run = ScrapeRun(provider: Self.provider, selection: selection, sink: sink, progress: progress)
        run.knownRegions = Set(regions.allRegions)
        var pages = GooglePaging(maximumPages: maximumPages)
        var services: [GoogleCatalogService] = []
        let list = "/v1/services?pageSize=\(pageSize)"
        var token: String? = ""
        while let current = token {
            let path = Self.path(list, current)
            var reader = GooglePageReader(try await origin.open(path), path: path)
            let page = try reader.services()
            services += page.services
            token = try pages.next(token: page.nextToken, items: page.services.count, of: path)
        }
        try NamedServices.check(
            selection, among: services.flatMap { [$0.name, $0.id] }, of: Self.provider, in: list)
        for service in services {
            run.note(.service, service.name)
            run.note(.service, service.id)
        }
        let wanted = services.filter { selection.services.matches($0.name) || selection.services.matches($0.id) }
        let catalog = GoogleCatalog(run: run, units: units, regions: regions)
        for service in wanted { try await read(service, from: origin, into: catalog) }
        return try run.finish()
    }

    private func read(
        _ service: GoogleCatalogService, from origin: any PriceListOrigin, into catalog: GoogleCatalog
    ) async throws {
        guard service.id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/?#&%".utf8.contains($0) }), !service.id.isEmpty
        else {
            throw PriceProblem(.wrongShape, "a service's id is none", provider: .googleCloud, found: service.id)
        }
        let currency = selection.currency ?? "USD"
        let list = "/v1/services/\(service.id)/skus?currencyCode=\(currency)&pageSize=\(pageSize)"
        var pages = GooglePaging(maximumPages: maximumPages)
        var token: String? = ""
        while let current = token {
            let path = Self.path(list, current)
            let (next, items) = try catalog.read(try await origin.open(path), path: path)
            token = try pages.next(token: next, items: items, of: path)
        }
    }

    private static func path(_ list: String, _ token: String) -> String {
        token.isEmpty ? list : list + "&pageToken=" + token.bytes.percentEncoded()
    }

    /// Reads one page of SKUs that is at hand.
    ///
    /// A token of a next page is not followed.
    public func scrape(
        file source: any ByteSource, path: String, into sink: any PriceSink, progress: ScrapeProgress = .none
    ) throws -> ScrapeSummary {
        let run = ScrapeRun(provider: Self.provider, selection: selection, sink: sink, progress: progress)
        _ = try GoogleCatalog(run: run, units: units, regions: regions).read(source, path: path)
        return try run.finish()
    }
}

/// Reads pages of SKUs into rows, and knows again what came before, by two hashes a SKU.
final class GoogleCatalog {
    private let run: ScrapeRun
    private let units: UnitTable
    private let regions: RegionTable
    /// A hash of each SKU's id, and one of everything in it.
    private var seen: [UInt64: UInt64] = [:]

    init(run: ScrapeRun, units: UnitTable, regions: RegionTable) {
        self.run = run
        let rules = run.selection.rules
        self.units = units.adding(rules.addedUnits)
        self.regions = regions.adding(rules.places)
    }

    /// - Returns: the token of the next page, and how many SKUs were new.
    func read(_ source: any ByteSource, path: String) throws -> (nextToken: String, newItems: Int) {
        var writer = GoogleRowWriter(run: run, row: try run.begin(path), units: units, regions: regions)
        var reader = GooglePageReader(source, path: path)
        var (items, newItems) = (0, 0)
        let token = try reader.skus { sku, bytesRead in
            items += 1
            if items.isMultiple(of: 256) { try run.advance(bytesOfDocument: bytesRead) }
            let (id, content) = (sku.idHash, sku.fullHash)
            let first = sku.skuID.isEmpty ? nil : seen[id]
            guard first != content else {
                run.summary.duplicates += 1
                return
            }
            if first == nil {
                seen[id] = content
                newItems += 1
            }
            guard let wanted = wantedRegions(sku) else {
                run.summary.productsLeftOut += 1
                return
            }
            guard first == nil else { return run.record(repetition(of: sku, on: path)) }
            run.summary.productsKept += 1
            try writer.write(sku, in: wanted)
        }
        try run.end(bytesOfDocument: reader.bytesRead)
        return (token, newItems)
    }

    private func repetition(of sku: GoogleSKU, on path: String) -> PriceProblem {
        PriceProblem(
            .listMoved, "a SKU stands here twice and says two things", provider: run.provider, source: path,
            offset: sku.offset, sku: sku.skuID, found: sku.skuID,
            advice: "The catalog may have moved while it was read; run it again.")
    }

    /// The regions of a SKU that are wanted; `nil` if nothing of it is.
    private func wantedRegions(_ sku: GoogleSKU) -> [String]? {
        let selection = run.selection
        if !selection.families.isAll { run.note(.family, sku.family) }
        guard selection.families.matches(sku.family), isWantedTerm(sku.usageType) else { return nil }
        for (index, condition) in selection.attributes.enumerated() {
            guard let value = GoogleAttribute.value(of: condition.name, sku, sku.pricing.first) else { return nil }
            run.note(.attribute(index), value)
            guard condition.values.matches(value) else { return nil }
        }
        for name in selection.keptAttributes where GoogleAttribute.value(of: name, sku, sku.pricing.first) != nil {
            run.note(.keptAttribute, name)
        }
        // Without a region it is sold everywhere.
        let all = sku.regions.isEmpty ? ["global"] : sku.regions
        if !selection.regions.isAll { for region in all { run.note(.region, region) } }
        let wanted = all.filter { selection.regions.matches($0) }
        return wanted.isEmpty ? nil : wanted
    }

    /// What is not known is kept here, so that it is reported and not lost.
    private func isWantedTerm(_ usageType: String) -> Bool {
        let terms = run.selection.terms
        switch usageType {
        case "OnDemand": return terms.contains(.onDemand)
        case "Preemptible", "Spot": return terms.contains(.spot)
        case let type where type.bytes.hasStart("Commit"): return terms.contains(.committedUse)
        default: return true
        }
    }
}

/// Follows page tokens, and not for ever.
struct GooglePaging {
    let maximumPages: Int
    private var seen: Set<String> = [""]
    private var pages = 0
    private var idlePages = 0

    init(maximumPages: Int) { self.maximumPages = maximumPages }

    /// Decides what follows a page.
    ///
    /// - Returns: the token to ask with; `nil` after the last page.
    mutating func next(token: String, items: Int, of path: String) throws(PriceProblem) -> String? {
        pages += 1
        idlePages = items == 0 ? idlePages + 1 : 0
        guard !token.isEmpty else { return nil }
        guard seen.insert(token).inserted else {
            throw PriceProblem(
                .malformed, "the next page is one that was read already", provider: .googleCloud, source: path,
                found: token, advice: "The server repeats itself; run it again later.")
        }
        guard pages < maximumPages, idlePages < 3 else {
            throw PriceProblem(
                .limitExceeded,
                idlePages < 3
                    ? "there are more than \(maximumPages) pages" : "pages without anything new follow each other",
                provider: .googleCloud, source: path, advice: "Narrow the selection, or run it again later.")
        }
        return token
    }
}
