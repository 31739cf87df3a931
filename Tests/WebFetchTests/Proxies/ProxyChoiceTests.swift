import Testing

@testable import WebFetch

struct ProxyChoiceTests {
    private func proxy(_ variables: [String: String], for url: String) throws -> String? {
        try ProxyChoice.environment(variables).proxy(for: WebURL(url))?.text
    }

    @Test func `each scheme has its variable`() throws {
        let variables = ["http_proxy": "p:1", "https_proxy": "http://q:2"]
        #expect(try proxy(variables, for: "http://e.org/") == "http://p:1/")
        #expect(try proxy(variables, for: "https://e.org/") == "http://q:2/")
        #expect(try proxy(["all_proxy": "a:3"], for: "https://e.org/") == "http://a:3/")
        #expect(try proxy([:], for: "https://e.org/") == nil)
    }

    @Test func `a stranger's header sets no proxy`() throws {
        #expect(try proxy(["HTTP_PROXY": "evil:1"], for: "http://e.org/") == nil)
        #expect(try proxy(["HTTPS_PROXY": "fine:1"], for: "https://e.org/") == "http://fine:1/")
    }

    @Test(
        arguments: zip(
            ["e.org", ".e.org", "x,e.org ", "*", "E.ORG", "e.org:80", "e.org:81", "f.org", "notsub.e.org", "rg", ""],
            [true, true, true, true, true, true, false, false, false, false, false]))
    func `exceptions are names with what is below them`(list: String, isException: Bool) throws {
        let found = try proxy(["http_proxy": "p:1", "no_proxy": list], for: "http://e.org/")
        #expect((found == nil) == isException)
    }

    @Test func `a name's end is no exception for another name`() throws {
        let variables = ["http_proxy": "p:1", "no_proxy": "e.org"]
        #expect(try proxy(variables, for: "http://sub.e.org/") == nil)
        #expect(try proxy(variables, for: "http://evile.org/") != nil)
    }

    @Test func `a proxy that is no address is an error`() {
        #expect(throws: WebFetchError.self) { try proxy(["http_proxy": "socks5://x"], for: "http://e.org/") }
    }
}
