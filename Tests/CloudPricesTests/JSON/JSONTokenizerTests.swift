import CloudPrices
import Testing

/// Every token with its text, as `kind:text`.
private func tokens(
    _ json: String, blockSize: Int = .max, limits: JSONTokenizer.Limits = .init()
) throws -> [String] {
    try tokens(Array(json.utf8), blockSize: blockSize, limits: limits)
}

private func tokens(
    _ json: [UInt8], blockSize: Int = .max, limits: JSONTokenizer.Limits = .init()
) throws -> [String] {
    var tokenizer = JSONTokenizer(MemoryByteSource(json, blockSize: blockSize), limits: limits)
    var result: [String] = []
    while true {
        let token = try tokenizer.next()
        switch token {
        case .end: return result
        case .key, .string, .number: result.append("\(token):\(String(copying: tokenizer.text))")
        default: result.append("\(token)")
        }
    }
}

private func problem(_ json: String, limits: JSONTokenizer.Limits = .init()) -> PriceProblem? {
    problem(Array(json.utf8), limits: limits)
}

private func problem(_ json: [UInt8], limits: JSONTokenizer.Limits = .init()) -> PriceProblem? {
    #expect(throws: PriceProblem.self) { try tokens(json, limits: limits) }
}

struct JSONTokenizerTests {
    static let sample = """
        { "a" : [ 1, -2.50e+10, true , false, null, "x\\u00e9\\n\\"é\\\\" ],
          "" : { }, "b":{"c":[[],[{}]]}, "n" : 0.0000000025 }

        """
    static let expected = [
        "beginObject", "key:a", "beginArray", "number:1", "number:-2.50e+10", "true", "false", "null",
        "string:xé\n\"é\\", "endArray", "key:", "beginObject", "endObject", "key:b", "beginObject", "key:c",
        "beginArray", "beginArray", "endArray", "beginArray", "beginObject", "endObject", "endArray", "endArray",
        "endObject", "key:n", "number:0.0000000025", "endObject",
    ]

    @Test(arguments: [1, 2, 3, 7, 63, 64, 65, 1000])
    func `tokens are the same however the bytes come`(blockSize: Int) throws {
        #expect(try tokens(Self.sample, blockSize: blockSize) == Self.expected)
    }

    @Test func `a window far smaller than the document`() throws {
        var limits = JSONTokenizer.Limits()
        (limits.text, limits.window) = (200, 512)
        let long = String(repeating: "abcdefg\\u0041", count: 12)
        let json = "[" + (0..<300).map { "{\"k\($0)\" : \"\(long)\", \"n\" : \($0).5}" }.joined(separator: ",\n") + "]"
        let expected =
            ["beginArray"]
            + (0..<300).flatMap {
                [
                    "beginObject", "key:k\($0)", "string:" + String(repeating: "abcdefgA", count: 12), "key:n",
                    "number:\($0).5", "endObject",
                ]
            } + ["endArray"]
        for blockSize in [1, 5, 64, 511, 4096] {
            #expect(try tokens(json, blockSize: blockSize, limits: limits) == expected)
        }
    }

    @Test(arguments: ["1", "\"a\"", "null", " true ", "[]", "\u{FEFF}{}"])
    func `a value alone is a document`(json: String) throws {
        #expect(try tokens(json).isEmpty == false)
    }

    @Test(arguments: [
        ("", 0, "truncated"), ("   ", 3, "truncated"), ("{", 1, "truncated"), ("[1, 2", 5, "truncated"),
        ("{\"a\"", 4, "truncated"), ("{\"a\" : \"bc", 10, "truncated"), ("{\"a\" :", 6, "truncated"),
        ("[1 2]", 3, "malformed"), ("[1,]", 3, "malformed"), ("{\"a\" 1}", 5, "malformed"), ("{,}", 1, "malformed"),
        ("{\"a\":1,}", 7, "malformed"), ("[01]", 1, "malformed"), ("[1.]", 1, "malformed"), ("[+1]", 1, "malformed"),
        ("[tru]", 1, "malformed"), ("[}", 1, "malformed"), ("{]", 1, "malformed"), ("[1]]", 3, "malformed"),
        ("[\"a\"x]", 4, "malformed"), ("{\"a\":1}{", 7, "malformed"), ("[\"\\x\"]", 1, "malformed"),
        ("[\"\\ud800\"]", 1, "malformed"), ("[\"a\nb\"]", 3, "malformed"), ("[1:2]", 2, "malformed"),
        ("[\u{0C}1]", 1, "malformed"),
    ])
    func `what is broken is refused where it is broken`(json: String, offset: Int, code: String) {
        let problem = problem(json)
        #expect(problem?.code.rawValue == code)
        #expect(problem?.offset == offset)
    }

    @Test func `a web page is called by its name`() {
        let problem = problem("<!DOCTYPE html><html><body>503</body></html>")
        #expect(problem?.code == .malformed && problem?.message.contains("web page") == true)
        #expect(problem?.advice.isEmpty == false)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5],
            [0xE2, 0x82], [0xFF],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
        for padding in [0, 55, 60, 61, 62, 63, 200] {
            let start = Array("[\"".utf8) + [UInt8](repeating: 0x61, count: padding)
            let problem = problem(start + bytes + Array("\"]".utf8))
            #expect(problem?.code == .malformed)
            let offset = problem?.offset ?? -1
            #expect((start.count...start.count + bytes.count).contains(offset))
        }
    }

    @Test func `every kind of UTF-8 crosses a block's end`() throws {
        for padding in 0..<70 {
            let text = String(repeating: "a", count: padding) + "é€😀߿ࠀ\u{FFFF}𐀀\u{10FFFF}"
            #expect(try tokens("[\"\(text)\"]") == ["beginArray", "string:\(text)", "endArray"])
        }
    }

    @Test func `too deep is refused`() throws {
        let deep = String(repeating: "[", count: 100_000)
        let problem = problem(deep)
        #expect(problem?.code == .limitExceeded && problem?.offset == 64)
        #expect(try tokens(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).count == 128)
    }

    @Test(arguments: ["[\"", "[1"])
    func `a text or number without an end takes no memory`(start: String) {
        var tokenizer = JSONTokenizer(EndlessDigits(start))
        let problem = #expect(throws: PriceProblem.self) {
            while true { guard try tokenizer.next() != .end else { return } }
        }
        #expect(problem?.code == .limitExceeded && problem?.offset == 1)
        #expect((problem?.found?.utf8.count ?? 1000) < 250)
    }

    @Test func `a text without an end can be skipped`() throws {
        var tokenizer = JSONTokenizer(EndlessDigits("{\"a\" : \"", count: 10_000_000, end: "\", \"b\" : 2}"))
        try tokenizer.beginObject()
        #expect(try tokenizer.nextKey())
        try tokenizer.skipValue()
        #expect(try tokenizer.nextKey())
        try tokenizer.number()
        #expect(String(copying: tokenizer.text) == "2")
        #expect(try tokenizer.nextKey() == false)
        try tokenizer.finish()
        #expect(tokenizer.bytesRead == 10_000_019)
    }
}

/// A billion digits, without holding them.
private final class EndlessDigits: ByteSource {
    let name = "digits"
    private var start: [UInt8]
    private var left: Int
    private var end: [UInt8]

    init(_ start: String, count: Int = 1_000_000_000, end: String = "") {
        self.start = Array(start.utf8)
        self.end = Array(end.utf8)
        left = count
    }

    func read(into buffer: inout MutableSpan<UInt8>) throws(PriceProblem) -> Int {
        var count = 0
        while count < buffer.count {
            if !start.isEmpty {
                buffer[count] = start.removeFirst()
            } else if left > 0 {
                buffer[count] = UInt8(ascii: "1")
                left -= 1
            } else if !end.isEmpty {
                buffer[count] = end.removeFirst()
            } else {
                break
            }
            count += 1
        }
        return count
    }
}
