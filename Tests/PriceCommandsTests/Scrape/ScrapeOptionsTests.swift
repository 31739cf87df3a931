import ArgumentParser
import CloudPrices
import PriceCommands
import PricePipeline
import Testing

struct ScrapeOptionsTests {
    @Test func `where prices are read from`() throws {
        #expect(try ScrapeOptions.parse([]).scrape(.aws).origin == .live)
        let mirror = try ScrapeOptions.parse(["--root", "http://127.0.0.1:1", "--append"]).scrape(.azure)
        #expect(mirror.origin == .mirror("http://127.0.0.1:1") && mirror.keepsRows)
        #expect(try ScrapeOptions.parse(["--fixture", "f"]).scrape(.aws).origin == .recording("f"))
    }

    @Test(arguments: [
        ("azurescrape --root a --fixture b", "exclude each other"), ("mock --port 70000", "1 to 65535"),
        ("mock --misbehave dance", "it is one of"), ("check --only", "at least one file"),
        ("azurescrape --cache a --record b", "--cache excludes"), ("azurescrape --as-of soon", "a time in UTC"),
        ("azurescrape --as-of now --append", "--as-of excludes"), ("awsscrape --in-force soon", "a time in UTC"),
    ])
    func `what makes no sense`(line: String, words: String) { #expect(refusal(line).words.contains(words)) }

    @Test func `a selection that is not there is named`() throws {
        let options = try ScrapeOptions.parse(["--filter", "missing.yml"])
        let problem = #expect(throws: PriceProblem.self) { try options.scrape(.aws) }
        #expect(problem?.code == .invalidSelection && problem?.source == "missing.yml")
    }
}
