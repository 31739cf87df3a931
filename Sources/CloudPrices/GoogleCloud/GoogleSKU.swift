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
    var idHash: UInt64 { skuID.mixed(into: Self.seed) }

    /// A hash of everything that was read: equal SKUs are one, listed twice.
    var fullHash: UInt64 {
        var hash = Self.seed
        for text in [skuID, description, service, family, group, usageType, geography, provider] {
            hash = text.mixed(into: hash)
        }
        // How many there are of each keeps the end of one list from being the start of the next.
        hash = regions.count.mixed(into: hash)
        for region in regions { hash = region.mixed(into: hash) }
        for entry in pricing { hash = entry.mixed(into: hash) }
        return hash
    }

    private static let seed: UInt64 = 0xcbf2_9ce4_8422_2325
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

    /// Stirs everything into a hash.
    func mixed(into hash: UInt64) -> UInt64 {
        var hash = rates.count.mixed(into: hash)
        for text in [effectiveTime, usageUnit, baseUnit, baseUnitFactor, displayQuantity, aggregation] {
            hash = text.mixed(into: hash)
        }
        for rate in rates {
            hash = rate.start.mixed(into: rate.currency.mixed(into: hash))
            hash = rate.money.units.mixed(into: rate.money.nanos.mixed(into: hash))
            hash = (rate.isBroken ? 1 : 0).mixed(into: hash)
        }
        return hash
    }
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
