import CloudPrices
import Testing

/// The traps of Azure's items, one test each.
struct AzureItemTests {
    @Test func `an item is a row`() throws {
        let row = try #require(try AzureList.rows([[:]]).first)
        #expect(row.provider == .azure && row.sku == "P1/0001" && row.rateCode == "m1/Consumption")
        #expect(row.service == "Virtual Machines" && row.productFamily == "Compute" && row.skuName == "D2 v3")
        #expect(row.description == "Virtual Machines Dv3 Series" && row.region == "westeurope")
        #expect(row.term == .onDemand && row.charge == .usage && row.termMonths == nil)
        #expect(row.price.text == "0.1" && row.currency == "USD")
        #expect(row.unit == "1 Hour" && row.normalisedUnit == "Hours" && row.unitBlock == 1)
        #expect(row.tierStart == 0 && row.tierEnd == nil)
        #expect(row.effectiveFrom == AzureList.start && row.effectiveTo == nil && row.source == "page")
    }

    @Test(arguments: [
        "3.4E-05", "3.4e-05", "0.000034", "569.0", "1234567890.12345678901234567890", "0.1234567890123456789",
    ])
    func `a price keeps its text to the last digit`(text: String) throws {
        let row = try #require(try AzureList.rows([["retailPrice": text]]).first)
        #expect(row.price.text == text)
        let value = try ExactDecimal(text)
        #expect(row.price == value)
    }

    @Test func `a reservation's price is for its whole term, whatever its unit says`() throws {
        let rows = try AzureList.rows([
            ["type": "\"Reservation\"", "reservationTerm": "\"1 Year\"", "retailPrice": "569.0"],
            ["type": "\"Reservation\"", "reservationTerm": "\"3 Years\"", "retailPrice": "1100.0"],
            ["type": "\"Reservation\"", "reservationTerm": "\"1 Month\"", "retailPrice": "50.0"],
        ])
        #expect(rows.map(\.termMonths) == [12, 36, 1])
        #expect(rows.allSatisfy { $0.charge == .wholeTerm && $0.term == .reserved && $0.unit == "1 Hour" })
        #expect(Set(rows.map(\.rateCode)).count == 3)
    }

    @Test func `a block of units is divided by`() throws {
        let row = try #require(
            try AzureList.rows([["unitOfMeasure": "\"10K Transactions\"", "retailPrice": "0.05"]]).first)
        #expect(row.unitBlock == 10000 && row.normalisedUnit == "Transactions")
        let normalised = try row.normalisedPrice()
        #expect(normalised.text == "0.000005")
    }

    @Test func `spot and low priority are told by the end of the name`() throws {
        let rows = try AzureList.rows([
            ["skuName": "\"D2 v3 Spot\"", "meterId": "\"a\""],
            ["skuName": "\"D2 v3 Low Priority\"", "meterId": "\"b\""],
            ["skuName": "\"Spotlight\"", "meterId": "\"c\""], ["type": "\"DevTestConsumption\"", "meterId": "\"d\""],
        ])
        #expect(rows.map(\.term) == [.spot, .spot, .onDemand, .developmentTest])
    }

    @Test func `Windows is told by the end of the product's name`() throws {
        var selection = ProviderSelection.everything
        selection.keptAttributes = ["operatingSystem", "isPrimaryMeterRegion", "armSkuName", "nothing"]
        let rows = try AzureList.rows(
            [
                ["productName": "\"Virtual Machines Dv3 Series Windows\"", "meterId": "\"a\""],
                ["isPrimaryMeterRegion": "false", "armSkuName": "\"a\\\"b\"", "meterId": "\"b\""],
                ["serviceName": "\"Storage\"", "armSkuName": "", "meterId": "\"c\""],
            ], selection)
        #expect(
            rows.map(\.attributes) == [
                #"{"operatingSystem":"Windows","isPrimaryMeterRegion":"true","armSkuName":"Standard_D2_v3"}"#,
                #"{"operatingSystem":"Linux","isPrimaryMeterRegion":"false","armSkuName":"a\"b"}"#,
                #"{"isPrimaryMeterRegion":"true"}"#,
            ])
        selection.attributes = [.init(name: "operatingSystem", values: TextMatcher(["Windows"]))]
        let windows = try AzureList.rows([["productName": "\"X Windows\""], ["meterId": "\"b\""]], selection)
        #expect(windows.count == 1)
    }

    @Test func `savings plans are prices of their own`() throws {
        let plans = """
            [{"unitPrice":0.06,"retailPrice":0.06,"term":"3 Years"},\
            {"unitPrice":8E-02,"retailPrice":8E-02,"term":"1 Year"}]
            """
        let rows = try AzureList.rows([["savingsPlan": plans]])
        #expect(rows.map(\.term) == [.onDemand, .savingsPlan, .savingsPlan])
        #expect(rows.map(\.termMonths) == [nil, 36, 12] && rows.map(\.price.text) == ["0.1", "0.06", "8E-02"])
        #expect(Set(rows.map(\.rateCode)).count == 3)
        var selection = ProviderSelection.everything
        selection.terms = [.savingsPlan]
        let chosen = try AzureList.rows([["savingsPlan": plans], ["meterId": "\"b\""]], selection)
        #expect(chosen.count == 2)
    }

    @Test(
        arguments: [
            ("", "global"), ("Global", "global"), ("Intercontinental", "Intercontinental"), ("Zone 1", "Zone 1"),
        ])
    func `regions without a place have names, too`(code: String, region: String) throws {
        let rows = try AzureList.rows([["armRegionName": "\"\(code)\"", "location": "\"\(code)\""]])
        #expect(rows.first?.region == region)
    }

    @Test func `fields that nobody knows and empty fields do no harm`() throws {
        let rows = try AzureList.rows([
            ["new": "{\"a\":[1]}", "armSkuName": "\"\"", "serviceFamily": "\"\"", "skuName": "null"]
        ])
        #expect(rows.count == 1 && rows[0].productFamily == nil && rows[0].skuName == nil)
    }

    @Test(
        arguments: [
            (["unitOfMeasure": "\"3 Parsecs\""], PriceProblem.Code.unknownUnit),
            (["armRegionName": "\"atlantis\""], .unknownRegion), (["currencyCode": "\"XXX\""], .unknownCurrency),
            (["currencyCode": "\"EUR\""], .unknownCurrency), (["retailPrice": "-0.1"], .negativePrice),
            (["retailPrice": "\"free\""], .invalidNumber), (["retailPrice": ""], .missingField),
            (["retailPrice": "1" + String(repeating: "0", count: 60)], .invalidNumber), (["skuId": ""], .missingField),
            (["type": "\"Rent\""], .unknownTerm), (["type": "\"Reservation\""], .missingField),
            (["type": "\"Reservation\"", "reservationTerm": "\"7 Eons\""], .unknownTerm),
            (["effectiveStartDate": "\"soon\""], .invalidDate), (["effectiveStartDate": ""], .invalidDate),
            (["effectiveEndDate": "\"2024-01-01T00:00:00Z\""], .invalidDate),
            (["tierMinimumUnits": "-1"], .brokenTiers),
            (["tierMinimumUnits": "\"all\""], .invalidNumber),
        ] as [([String: String], PriceProblem.Code)]
    )
    func `what is wrong with an item is named and fails the run`(change: [String: String], code: PriceProblem.Code) {
        let problem = AzureList.problem([["meterId": "\"m0\""], change])
        #expect(problem?.code == code, "\(String(describing: problem))")
        #expect(problem?.source == "page" && problem?.provider == .azure)
    }

    @Test func `every row with an unknown unit is counted`() {
        let items = (0..<30).map { ["meterId": "\"m\($0)\"", "unitOfMeasure": "\"3 Parsecs\""] }
        let problems = #expect(throws: PriceProblems.self) { try AzureList.rows(items) }
        #expect(problems?.counts == [.unknownUnit: 30])
        #expect(problems?.samples.first?.found == "3 Parsecs" && problems?.samples.first?.sku == "P1/0001")
    }
}
