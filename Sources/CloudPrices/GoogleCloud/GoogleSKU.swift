/// One SKU of Google's catalog, as it is read.
struct GoogleSKU {
    var skuID = ""
    var description = ""
    var service = ""
    var family = ""
    var group = ""
    var usageType = ""
    var regions: [String] = []
    var geography = ""
    var provider = ""
    var pricing: [GooglePricing] = []
    /// Where in its document the SKU starts.
    var offset = 0
}

extension GoogleSKU {
    /// A hash of what it is called.
    var idHash: UInt64 { Self.hash([skuID]) }

    /// A hash of everything that was read: equal SKUs are one, listed twice.
    var fullHash: UInt64 {
        var texts = [skuID, description, service, family, group, usageType, geography, provider]
        // How many there are of each keeps the end of one list from being the start of the next.
        texts.append("\(regions.count) \(pricing.count)")
        texts += regions
        for entry in pricing {
            texts += [
                entry.effectiveTime, entry.usageUnit, entry.baseUnit, entry.baseUnitFactor, entry.displayQuantity,
                entry.aggregation, "\(entry.rates.count)",
            ]
            for rate in entry.rates {
                texts += [rate.start, rate.currency, "\(rate.money.units) \(rate.money.nanos) \(rate.isBroken)"]
            }
        }
        return Self.hash(texts)
    }

    private static func hash(_ texts: [String]) -> UInt64 {
        texts.reduce(0xcbf2_9ce4_8422_2325) { hash, text in Array(text.utf8).span.mixed(into: hash) }
    }
}

/// What a SKU costs from some time on.
struct GooglePricing {
    var effectiveTime = ""
    var usageUnit = ""
    var baseUnit = ""
    var baseUnitFactor = ""
    var displayQuantity = ""
    var aggregation = ""
    var rates: [GoogleRate] = []
}

/// One tier.
struct GoogleRate {
    var start = ""
    var currency = ""
    var money = GoogleMoney()
    /// Set if what stands in place of an amount is none.
    var isBroken = false
    var offset = 0
}

/// One service of the catalog.
struct GoogleCatalogService: Equatable {
    var id = ""
    var name = ""
}
