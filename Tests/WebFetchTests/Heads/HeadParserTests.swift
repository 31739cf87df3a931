import Testing

@testable import WebFetch

struct HeadParserTests {
    private func parse(
        _ lines: [String], maximumByteCount: Int = 1000, maximumCount: Int = 20
    ) -> HeadParser.Event {
        var parser = HeadParser(maximumByteCount: maximumByteCount, maximumCount: maximumCount)
        var last = HeadParser.Event.none
        for line in lines {
            last = parser.take(Array((line + "\r\n").utf8))
            if last != .none { return last }
        }
        return last
    }

    @Test func `a head keeps its headers in order, repeated ones too`() throws {
        let event = parse(["HTTP/1.1 200 OK", "A: 1", "b:2 ", "a:  3", ""])
        guard case .head(let head) = event else { return #expect(Bool(false), "\(event)") }
        #expect(head.status == 200)
        #expect(head.version == "1.1")
        #expect(head.headers.fields == [.init("A", "1"), .init("b", "2"), .init("a", "3")])
        #expect(head.headers.values(of: "A") == ["1", "3"])
        #expect(head.headers["B"] == "2")
    }

    @Test func `interim responses are skipped`() {
        let event = parse(["HTTP/1.1 103 Early Hints", "Link: x", "", "HTTP/1.1 204 No Content", ""])
        #expect(event == .head(WebHead(status: 204)))
    }

    @Test func `interim responses without end are cut off`() {
        let interim = Array(repeating: ["HTTP/1.1 100 Continue", ""], count: 50).flatMap(\.self)
        guard case .failure(.headTooLarge, _) = parse(interim) else { return #expect(Bool(false)) }
    }

    @Test func `too many lines and too many bytes are cut off`() {
        let many = ["HTTP/1.1 200 OK"] + Array(repeating: "a: b", count: 30)
        guard case .failure(.headTooLarge, _) = parse(many) else { return #expect(Bool(false)) }
        let long = ["HTTP/1.1 200 OK", "a: " + String(repeating: "b", count: 1000)]
        guard case .failure(.headTooLarge, _) = parse(long) else { return #expect(Bool(false)) }
    }

    @Test(arguments: [
        ["HTTP/1.1"], ["HTTP/1.1 20 OK"], ["HTTP/1.1 2x0 OK"], ["HTTP/1.1 999 X"], ["a: b"], ["HTTP/1.1 200 OK", "a"],
        ["HTTP/1.1 200 OK", ": b"], ["HTTP/1.1 200 OK", " b"],
    ])
    func `a malformed line is a violation`(lines: [String]) {
        guard case .failure(.protocolViolation, _) = parse(lines) else { return #expect(Bool(false)) }
    }

    @Test func `two lengths are a violation, one that is repeated is not`() {
        guard
            case .failure(.protocolViolation, _) = parse([
                "HTTP/1.1 200 OK", "Content-Length: 1", "Content-Length: 2", "",
            ])
        else { return #expect(Bool(false)) }
        guard
            case .head(let head) = parse(["HTTP/1.1 200 OK", "Content-Length: 1", "content-length: 1", ""])
        else { return #expect(Bool(false)) }
        #expect(head.contentLength == 1)
    }

    @Test func `a folded line belongs to the value before it`() {
        guard case .head(let head) = parse(["HTTP/1.1 200 OK", "a: b", "  c", ""]) else { return #expect(Bool(false)) }
        #expect(head.headers["a"] == "b c")
    }

    @Test func `bytes that are not UTF-8 are read as Latin-1`() {
        var parser = HeadParser(maximumByteCount: 100, maximumCount: 10)
        _ = parser.take(Array("HTTP/1.1 200 OK\r\n".utf8))
        _ = parser.take(Array("a: ".utf8) + [0xE9, 0x0D, 0x0A])
        expect(parser.take([0x0D, 0x0A]), is: .head(WebHead(status: 200, headers: ["a": "é"])))
    }
}

struct WebHeadersTests {
    @Test(arguments: [
        ("a\r\nb", "c"), ("a b", "c"), ("", "c"), ("a:", "c"), ("a", "b\r\nX: y"), ("a", "b\nc"), ("a", "b\u{0}"),
        ("a", "b\rc"), ("é", "c"), ("Content-Length", "3"), ("transfer-encoding", "chunked"), ("a", "b\u{7F}"),
        ("a\u{301}", "b"), ("a", "b\r\n\u{301}X: y"),
    ])
    func `what cannot be sent is found`(name: String, value: String) {
        #expect(WebHeaders([.init(name, value)]).problem != nil)
    }

    @Test func `ordinary headers can be sent`() {
        let headers: WebHeaders = ["Accept": "*/*", "X-A_b": "é\tü", "empty": "", "X": "\u{200D}"]
        #expect(headers.problem == nil)
    }

    @Test func `setting replaces every value in its place`() {
        var headers: WebHeaders = ["a": "1", "b": "2", "A": "3"]
        headers["A"] = "4"
        #expect(headers.fields.map(\.value) == ["4", "2"])
        headers["a"] = nil
        #expect(headers.fields == [.init("b", "2")])
    }
}

struct ValidatorsTests {
    @Test func `only a strong tag lets a download resume`() {
        #expect(Validators(entityTag: "\"a\"").strongTag == "\"a\"")
        #expect(Validators(entityTag: "W/\"a\"").strongTag == nil)
        #expect(Validators(entityTag: "a").strongTag == nil)
        #expect(Validators(lastModified: "x").strongTag == nil)
    }

    @Test func `a validator that could not be sent back is dropped`() {
        #expect(Validators(entityTag: "\"a\r\nb\"").isEmpty)
        #expect(Validators(entityTag: String(repeating: "a", count: 2000)).isEmpty)
        #expect(Validators(entityTag: "", lastModified: "é").isEmpty)
    }
}

struct ContentRangeTests {
    @Test func `a range has its first and last byte and the whole length`() {
        let range = ContentRange("bytes 100-199/500")
        #expect(range?.first == 100)
        #expect(range?.last == 199)
        #expect(range?.total == 500)
        #expect(ContentRange("bytes 0-0/*")?.total == nil)
        #expect(ContentRange("bytes 0-0/*") != nil)
    }

    @Test(arguments: [
        "", "bytes", "bytes 1-0/5", "bytes 0-5/5", "bytes 0-/5", "bytes -1-2/5", "lines 0-1/5", "bytes */5",
        "bytes 0-1/x", "bytes 0-99999999999999999999/*",
    ])
    func `a malformed range is none`(text: String) {
        #expect(ContentRange(text) == nil)
    }
}

struct RetryAfterTests {
    @Test(
        arguments: zip(
            [
                "120", " 0 ", "99999999999999999999", "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:00:00 GMT",
            ],
            [120, 0, 999_999_999, 7, 7, 7, 0]))
    func `seconds and all three forms of dates`(text: String, seconds: Int) {
        #expect(RetryAfter.wait(text, now: 784_111_770) == .seconds(seconds))
    }

    @Test(arguments: [
        "", "-1", "1.5", "soon", "Sun, 31 Feb 1999 00:00:00 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "1\u{301}", "06 Nov 1994",
    ])
    func `anything else is none`(text: String) {
        #expect(RetryAfter.wait(text, now: 0) == nil)
    }

    @Test func `leap days count`() {
        #expect(HTTPDate.secondsSince1970("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        #expect(HTTPDate.secondsSince1970("Tue, 29 Feb 2000 00:00:00 GMT") == 951_782_400)
        #expect(HTTPDate.secondsSince1970("Wed, 29 Feb 2100 00:00:00 GMT") == nil)
    }
}
