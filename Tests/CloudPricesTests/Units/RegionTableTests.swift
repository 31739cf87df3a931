import CloudPrices
import Testing

struct RegionTableTests {
    @Test(
        arguments: [
            ("westeurope", "EU West", "westeurope"), ("West Europe", "", "westeurope"), ("", "", "global"),
            ("Global", "Global", "global"), ("Zone 2", "Zone 2", "Zone 2"), ("attdallas1", "", "attdallas1"),
            ("Intercontinental", "", "Intercontinental"), ("deloscloudgermanynorth", "", "deloscloudgermanynorth"),
            ("middleearth", "West Europe", nil),
        ]
    )
    func `Azure's regions`(code: String, location: String, region: String?) {
        #expect(RegionTable.azure.region(code: code, location: location) == region)
    }

    @Test func `Microsoft's regions are complete`() {
        #expect(RegionTable.azure.allRegions.count == 101 + 28)
    }

    @Test(
        arguments: [
            ("eu-west-1", "", "eu-west-1"), ("", "EU (Ireland)", "eu-west-1"), ("", "Europe (Ireland)", "eu-west-1"),
            ("", "AWS GovCloud (US)", "us-gov-west-1"), ("eu-west-1", "Somewhere else", "eu-west-1"),
            ("", "South America (São Paulo)", "sa-east-1"), ("", "Atlantis", nil), ("", "", nil),
            ("cn-northwest-1", "China (Ningxia)", "cn-northwest-1"), ("", "Any", "global"),
            ("xx-west-1", "EU (Ireland)", nil), ("us-east-1-dfw-2", "", "us-east-1-dfw-2"),
        ]
    )
    func `AWS's code decides and its location serves files without one`(
        code: String, location: String, region: String?
    ) {
        #expect(RegionTable.aws.region(code: code, location: location) == region)
    }

    @Test(
        arguments: [
            "af-south-1-los-1", "ap-northeast-1-wl1-kix1", "us-east-1-wl1", "eu-west-2-wl2-man1", "us-west-2-wl1-sea1",
            "us-gov-west-1", "ap-southeast-7", "eusc-de-east-1", "us-west-2-lax-1",
        ]
    )
    func `zones are named after their region`(code: String) {
        #expect(RegionTable.aws.region(code: code) == code)
    }

    @Test(
        arguments: [
            "us-east-1-", "us-east-1-wl", "us-east-1-atl", "us-east-9-atl-1", "us-east-1-wl1-atl1-x", "us-east-1-XYZ-1",
            "us-east", "us-east-1-atl-123",
        ]
    )
    func `what only looks like a zone is none`(code: String) {
        #expect(RegionTable.aws.region(code: code) == nil)
    }

    @Test(arguments: [("us-central1", "us-central1"), ("global", "global"), ("nam4", "nam4"), ("us-central9", nil)])
    func `Google's regions`(code: String, region: String?) {
        #expect(RegionTable.googleCloud.region(code: code) == region)
    }

    @Test func `a region can be added`() {
        #expect(RegionTable.googleCloud.adding(["us-central9"]).region(code: "us-central9") == "us-central9")
    }
}

struct CurrencyTableTests {
    @Test func `codes are in capitals and known`() {
        let table = CurrencyTable.iso4217
        #expect(table.contains("USD") && table.contains("CNY") && table.contains("EUR"))
        #expect(!table.contains("usd") && !table.contains("XXX") && !table.contains("XAU") && !table.contains(""))
        #expect(table.allCodes.count == 157)
        #expect(table.allCodes.allSatisfy { $0.count == 3 })
    }
}
