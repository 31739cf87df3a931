import CloudPrices
import Testing

struct SelectionUseTests {
    private func offer() -> OfferText {
        OfferText(
            products: [
                OfferText.product("AAA", [("tenancy", "Shared"), ("vcpu", "2")]),
                OfferText.product("BBB", region: "us-east-1", [("tenancy", "Host")]),
            ],
            terms: [
                (
                    "OnDemand",
                    ["AAA", "BBB"].map { ($0, [("\($0).X", OfferText.offer([OfferText.rate("\($0).x", "1")]))]) }
                )
            ])
    }

    @Test(arguments: [
        ("regions: [eu-west-1, us-esat-1]", "us-esat-1", "'us-east-1'"),
        ("regions: ['eu-*', 'xx-*']", "xx-*", ""),
        ("families: [Compute Instance, Compute Instanc]", "Compute Instanc", "'Compute Instance'"),
        ("attributes: {tenancy: [Shared, Hots]}", "Hots", "'Host'"), ("keep: [vcpu, vcup]", "vcup", "'vcpu'"),
        ("terms: [on_demand, reserved]", "reserved", "'on_demand'"),
    ])
    func `a name that nothing has is reported with the nearest`(yaml: String, name: String, nearest: String) throws {
        let selection = try #require(try PriceSelection(yaml: "aws: {\(yaml)}")[.aws])
        for format in [AWSOfferFormat.json] {
            let notices = try read(offer().json, selection, format: format).summary.notices
            #expect(notices.map(\.found) == [name], "\(notices)")
            #expect(notices.first?.code == .unusedName && notices.first?.advice.contains(nearest) == true, "\(notices)")
        }
    }

    @Test(arguments: [
        ("regions: [westeurope, westeurpoe]", "westeurpoe"), ("services: [Virtual Machines, Storag]", "Storag"),
        ("families: [Compute, Compuet]", "Compuet"), ("attributes: {type: [Consumption, Reservatoin]}", "Reservatoin"),
        ("keep: [meterName, metreName]", "metreName"), ("terms: [on_demand, spot]", "spot"),
    ])
    func `of Azure, too`(yaml: String, name: String) throws {
        let selection = try #require(try PriceSelection(yaml: "azure: {\(yaml)}")[.azure])
        #expect(
            try AzureList.read(AzureList.page([AzureList.item()]), selection).summary.notices.map(\.found) == [name])
    }

    @Test(arguments: [
        ("regions: [us-central1, us-centrall]", "us-centrall"), ("families: [Compute, Compuet]", "Compuet"),
        ("attributes: {resourceGroup: [CPU, GPU]}", "GPU"), ("keep: [resourceGroup, resourceGruop]", "resourceGruop"),
        ("terms: [on_demand, committed_use]", "committed_use"),
    ])
    func `of Google Cloud, too`(yaml: String, name: String) throws {
        let selection = try #require(try PriceSelection(yaml: "gcp: {\(yaml)}")[.googleCloud])
        let page = GoogleList.page([GoogleList.sku("a", [GoogleList.pricing([GoogleList.rate("0")])])])
        #expect(try GoogleList.read(page, selection).summary.notices.map(\.found) == [name])
    }

    @Test func `names that are all found are not reported`() throws {
        let yaml = "aws: {regions: [eu-west-1, us-*], families: [Compute*], keep: [vcpu], terms: on_demand}"
        let selection = try #require(try PriceSelection(yaml: yaml)[.aws])
        #expect(try read(offer().json, selection).summary.notices.isEmpty)
    }
}
