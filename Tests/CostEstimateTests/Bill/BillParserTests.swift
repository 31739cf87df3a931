import CloudPrices
import CostEstimate
import Testing

struct BillParserTests {
    private static let bill = """
        name: three nodes
        currency: ${CURRENCY}
        lines:
          - name: nodes
            provider: aws
            service: AmazonEC2
            region: eu-west-1
            match: {operatingSystem: Linux}
            term: reserved
            term_months: 12
            purchase_option: No Upfront
            rate: SKU.TERM
            quantity: 3
            hours: 730.5
        own:
          - {name: licence, price: 0.1655, unit: vCPU hour, quantity: 6, hours: 730}
        discounts:
          - {name: offer 4711, provider: own, percent: 12.5}
          - {name: commitment, provider: aws, service: AmazonEC2, percent: 3}
          - {name: partner, percent: 1}
        """

    @Test func `all that a bill can say`() throws {
        let bill = try BillOfMaterials(parsing: Self.bill, variables: ["CURRENCY": "EUR"])
        #expect(bill.name == "three nodes" && bill.currency == "EUR")
        let line = try #require(bill.lines.first)
        #expect(line.provider == .aws && line.service == "AmazonEC2" && line.region == "eu-west-1")
        #expect(line.match == ["operatingSystem": "Linux"] && line.term == .reserved && line.termMonths == 12)
        #expect(line.rate == "SKU.TERM" && line.quantity.hours?.text == "730.5" && line.purchaseOption == "No Upfront")
        #expect(bill.own.first?.price.text == "0.1655")
        #expect(bill.discounts.map(\.scope) == [.own, .provider(.aws, service: "AmazonEC2"), .all])
    }

    @Test func `JSON is read as well`() throws {
        let text = #"{"lines": [{"provider": "gcp", "sku": "0048-21CE-74C3", "quantity": 1e3}]}"#
        let bill = try BillOfMaterials(parsing: text)
        #expect(bill.lines.first?.quantity.amount == 1000 && bill.lines.first?.name == "0048-21CE-74C3")
    }

    @Test(arguments: [
        ("", "empty"), ("lines: []", "neither"), ("[1]", "fields"), ("lines: {a", "YAML"),
        ("lines: [{provider: aws, sku: A}]", "'quantity' is missing"),
        ("lines: [{provider: aws, quantity: 1}]", "needs a 'sku'"),
        ("lines: [{provider: oracle, sku: A, quantity: 1}]", "no provider"),
        ("lines: [{provider: aws, sku: A, quantity: -1}]", "below zero"),
        ("lines: [{provider: aws, sku: A, quantity: many}]", "not a decimal number"),
        ("lines: [{provider: aws, sku: A, quantity: 1, regoin: x}]", "there is no 'regoin'"),
        ("lines: [{provider: aws, sku: A, quantity: 1, term: lease}]", "no term"),
        ("own: [{name: a, price: 1, quantity: 1}]\ndiscounts: [{name: d, percent: 101}]", "from 0 to 100"),
        ("own: [{name: a, price: 1, quantity: 1}]\ndiscounts: [{name: d, percent: 1, service: s}]", "'provider'"),
        (
            "own: [{name: a, price: 1, quantity: 1}]\ndiscounts: [{name: d, percent: 1, provider: azur}]",
            "'azur' is no provider; there are aws, azure, gcp, own"
        ),
        ("name: n\nlines: [{provider: aws, sku: A, region: '${REGION}', quantity: 1}]", "2:"),
        ("lines: [{provider: aws, sku: A, quantity: 1}]\ncurrency: ${CURRENCY}", "CURRENCY"),
    ])
    func `what is wrong is said`(text: String, words: String) {
        let error = #expect(throws: EstimateError.self) { try BillOfMaterials(parsing: text) }
        #expect(error?.code == .invalidBill)
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func `the place is told`() {
        let text = "lines:\n  - provider: aws\n    sku: A\n    quantity: x1\n"
        let error = #expect(throws: EstimateError.self) { try BillOfMaterials(parsing: text) }
        #expect(error?.place?.line == 4)
    }
}
