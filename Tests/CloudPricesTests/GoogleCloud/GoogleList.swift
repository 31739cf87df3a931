import CloudPrices

/// Pages of Google's catalog, made of a few fields each.
enum GoogleList {
    static func rate(_ start: String?, units: String? = "0", nanos: String? = "100000000", currency: String = "USD")
        -> String
    {
        let price = [
            "\"currencyCode\":\"\(currency)\"", units.map { "\"units\":\"\($0)\"" }, nanos.map { "\"nanos\":\($0)" },
        ]
        .compactMap { $0 }.joined(separator: ",")
        return "{"
            + [start.map { "\"startUsageAmount\":\($0)" }, "\"unitPrice\":{\(price)}"]
            .compactMap { $0 }.joined(separator: ",") + "}"
    }

    static func pricing(
        _ rates: [String], unit: String = "h", base: String? = nil, factor: String? = nil, display: String = "1",
        from: String = "2025-01-01T00:00:00.123456789Z", aggregation: String = ""
    ) -> String {
        let conversion = [base.map { "\"baseUnit\":\"\($0)\"" }, factor.map { "\"baseUnitConversionFactor\":\($0)" }]
            .compactMap { $0 }.map { "," + $0 }.joined()
        let extra = aggregation.isEmpty ? "" : "\"aggregationInfo\":\(aggregation),"
        return """
            {"summary":"",\(extra)"pricingExpression":{"usageUnit":"\(unit)","displayQuantity":\(display),\
            "tieredRates":[\(rates.joined(separator: ","))],"usageUnitDescription":"x"\(conversion)},\
            "currencyConversionRate":1,"effectiveTime":"\(from)"}
            """
    }

    static func sku(
        _ id: String = "0001-0001-0001", _ pricing: [String], usage: String = "OnDemand",
        regions: [String] = ["us-central1"], family: String = "Compute"
    ) -> String {
        """
        {"name":"services/6F81-5844-456A/skus/\(id)","skuId":"\(id)","description":"A core in Iowa",\
        "category":{"serviceDisplayName":"Compute Engine","resourceFamily":"\(family)","resourceGroup":"CPU",\
        "usageType":"\(usage)"},"serviceRegions":[\(regions.map { "\"\($0)\"" }.joined(separator: ","))],\
        "pricingInfo":[\(pricing.joined(separator: ","))],"serviceProviderName":"Google",\
        "geoTaxonomy":{"type":"REGIONAL","regions":["us-central1"]}}
        """
    }

    static func page(_ skus: [String], token: String = "") -> String {
        "{\"skus\":[\(skus.joined(separator: ","))],\"nextPageToken\":\"\(token)\"}"
    }

    static func read(
        _ text: String, _ selection: ProviderSelection = .everything
    ) throws -> (rows: [PriceRow], summary: ScrapeSummary) {
        let sink = CollectingSink()
        let summary = try GoogleCloudScraper(selection: selection)
            .scrape(file: MemoryByteSource(text, blockSize: 333), path: "page", into: sink)
        return (sink.rows, summary)
    }

    static func rows(_ pricing: [String], usage: String = "OnDemand", regions: [String] = ["us-central1"]) throws
        -> [PriceRow]
    {
        try read(page([sku("0001-0001-0001", pricing, usage: usage, regions: regions)])).rows
    }

    static func problem(_ pricing: [String], usage: String = "OnDemand", regions: [String] = ["us-central1"])
        -> PriceProblem?
    {
        do {
            var selection = ProviderSelection.everything
            selection.rules.odd = .fail
            _ = try read(page([sku("0001-0001-0001", pricing, usage: usage, regions: regions)]), selection)
            return nil
        } catch let problems as PriceProblems {
            return problems.samples.first
        } catch {
            return error as? PriceProblem
        }
    }
}
