import DataChecks
import Testing

struct SchemaComparisonTests {
    @Test(arguments: [("price", "price"), ("price_old", "price"), ("pii_name", "pii%"), ("a_tmp_b", "a*b"), ("x", "%")])
    func `patterns are starts of names`(name: String, pattern: String) {
        #expect(SchemaComparison.matches(name, pattern))
    }

    @Test(arguments: [("old_price", "price"), ("name", "pii%"), ("a_tmp", "a*b")])
    func `other names`(name: String, pattern: String) {
        #expect(!SchemaComparison.matches(name, pattern))
    }

    @Test func `types have other names`() {
        #expect(SchemaComparison.isSame("varchar", "character varying"))
        #expect(SchemaComparison.isSame(" TIMESTAMPTZ ", "timestamp with time zone"))
        #expect(SchemaComparison.isSame("character varying", "text"))
        #expect(!SchemaComparison.isSame("integer", "bigint"))
    }
}
