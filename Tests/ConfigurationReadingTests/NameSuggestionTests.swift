import ConfigurationReading
import Testing

struct NameSuggestionTests {
    private let names = ["aws", "azure", "gcp", "aggregate"]

    @Test(arguments: [
        ("asw", "aws"), ("AWS", "aws"), ("azur", "azure"), ("azurre", "azure"), ("agregate", "aggregate"),
        ("agrgegaet", "aggregate"), ("gpc", "gcp"),
    ])
    func `a slip of the finger finds the name that was meant`(text: String, name: String) {
        #expect(NameSuggestion.nearest(to: text, among: names) == name)
    }

    @Test(arguments: ["", "x", "publish", "xyz", "something else", String(repeating: "a", count: 100_000)])
    func `what is like no name finds none`(text: String) {
        #expect(NameSuggestion.nearest(to: text, among: names) == nil)
        #expect(NameSuggestion.question(text, among: names) == "")
    }

    @Test func `without names there is nothing to find`() {
        #expect(NameSuggestion.nearest(to: "a", among: []) == nil)
    }
}
