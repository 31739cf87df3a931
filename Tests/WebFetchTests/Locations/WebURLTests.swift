import Testing

@testable import WebFetch

struct WebURLTests {
    @Test(
        arguments: zip(
            [
                "HTTP://Example.ORG", "https://example.org:443/a", "http://example.org:8080/a?b#c", "http://[::1]:81/x",
                "http://e.org/a/../b/./c", "http://e.org/%2e%2E/a", "http://e.org/a b?c=d e", "http://e.org/é",
                "http://e.org?q", "http://u:p@e.org/", "http://e.org/a%20b", "http://e.org/\\x", "http://e.org:/a",
            ],
            [
                "http://example.org/", "https://example.org/a", "http://example.org:8080/a?b", "http://[::1]:81/x",
                "http://e.org/b/c", "http://e.org/a", "http://e.org/a%20b?c=d%20e", "http://e.org/%C3%A9",
                "http://e.org/?q", "http://e.org/", "http://e.org/a%20b", "http://e.org/%5Cx", "http://e.org/a",
            ]))
    func `an address has one spelling`(text: String, spelling: String) throws {
        #expect(try WebURL(text).text == spelling)
    }

    @Test(arguments: [
        "", "example.org", "//example.org", "file:///etc/passwd", "gopher://e.org/", "javascript:alert(1)",
        "http:/e.org",
        "http://", "http:///a", "http://e.org:0/", "http://e.org:65536/", "http://e.org:8a/", "http://[::1",
        "http://[1]/",
        "http://[::1]x/", "http://[fe80::1%25eth0]/", "http://e.org\\@f.org/", "http://e%2eorg/",
        "http://e.org\r\nX: y/",
        "http://e.org/a\nb", "http://e.org/a\u{0}", "http://éxample.org/", "http://a b/", "http://a@b@c d/",
        " http://e.org/",
        "http://e.org\u{301}/", "http://u\u{301}@e.org/",
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: WebFetchError.self) { try WebURL(text) }
    }

    @Test func `an address that is too long is refused`() {
        #expect(throws: WebFetchError.self) { try WebURL("http://e.org/" + String(repeating: "a", count: 17_000)) }
    }

    @Test(
        arguments: zip(
            [
                "/x", "x", "../x", "?z", "", "#f", "//f.org/x", "https://f.org", "./", "..",
                "x:y/z".replacing(":", with: "%3A"), " /x ",
            ],
            [
                "http://e.org/x", "http://e.org/a/x", "http://e.org/x", "http://e.org/a/b?z", "http://e.org/a/b?q",
                "http://e.org/a/b?q", "http://f.org/x", "https://f.org/", "http://e.org/a/", "http://e.org/",
                "http://e.org/a/x%3Ay/z", "http://e.org/x",
            ]))
    func `a reference is resolved`(reference: String, target: String) throws {
        #expect(try WebURL("http://user:secret@e.org/a/b?q").resolving(reference).text == target)
    }

    @Test func `the user of an address does not follow a reference`() throws {
        let url = try WebURL("http://user:p%40ss@e.org/a")
        #expect(url.credentials?.name == "user")
        #expect(url.credentials?.password == "p@ss")
        #expect(try url.resolving("/b").credentials == nil)
    }

    @Test func `a description shows no secret`() throws {
        let url = try WebURL("https://user:hunter2@e.org/p?token=abc&flag&x=1=2")
        #expect(url.description == "https://e.org/p?token=…&…&x=…")
        var request = WebRequest(url)
        request.isPathSecret = true
        #expect(request.shown(url) == "https://e.org/…")
    }

    @Test func `scheme, host and port make an origin`() throws {
        #expect(try WebURL("https://e.org/a").origin == WebURL("https://E.org:443/b").origin)
        #expect(try WebURL("https://e.org/").origin != WebURL("http://e.org:443/").origin)
        #expect(try WebURL("http://e.org/").origin != WebURL("http://e.org:8080/").origin)
    }
}
