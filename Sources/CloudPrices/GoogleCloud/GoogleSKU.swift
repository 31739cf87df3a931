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
