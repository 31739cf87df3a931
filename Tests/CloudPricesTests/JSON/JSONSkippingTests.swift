import CCloudPrices
import CloudPrices
import Testing

struct JSONSkippingTests {
    /// A value with everything in it that could mislead one who counts brackets.
    static let value = """
        {"x" : ["]}", "\\"}]", "\\\\", {"y" : "\\\\\\"[[{"}, [[[]]], "é😀"], "z" : {"w" : {}}}
        """

    @Test(arguments: [1, 13, 64, 100_000])
    func `a skipped value is left at its end`(blockSize: Int) throws {
        for repeats in [0, 1, 3, 400] {
            let big = "[" + Array(repeating: Self.value, count: repeats).joined(separator: ", ") + "]"
            let json = "{\"a\" : \(big), \"b\" : \(Self.value) , \"c\" : -1.5, \"d\" : \"]\", \"e\" : [\(big), 7]}"
            var limits = JSONTokenizer.Limits()
            (limits.text, limits.window) = (256, 1024)
            var tokenizer = JSONTokenizer(MemoryByteSource(json, blockSize: blockSize), limits: limits)
            try tokenizer.beginObject()
            var names = ""
            while try tokenizer.nextKey() {
                let name = String(copying: tokenizer.text)
                names += name
                if name == "e" {
                    try tokenizer.beginArray()
                    #expect(try tokenizer.nextElement())
                    try tokenizer.skipValue()
                    #expect(try tokenizer.nextElement())
                    try tokenizer.number()
                    #expect(String(copying: tokenizer.text) == "7")
                    #expect(try !tokenizer.nextElement())
                } else {
                    try tokenizer.skipValue()
                }
            }
            #expect(names == "abcde")
            try tokenizer.finish()
        }
    }

    @Test func `the rest of an object is skipped`() throws {
        var tokenizer = JSONTokenizer(MemoryByteSource("[{\"a\" : 1, \"b\" : [{}], \"c\" : {}}, 2]"))
        try tokenizer.beginArray()
        #expect(try tokenizer.nextElement())
        try tokenizer.beginObject()
        #expect(try tokenizer.nextKey())
        try tokenizer.skipValue()
        try tokenizer.skipRest()
        #expect(try tokenizer.nextElement())
        try tokenizer.number()
        #expect(try !tokenizer.nextElement())
        try tokenizer.finish()
    }

    @Test func `a value that does not end cannot be skipped`() throws {
        for json in ["{\"a\" : [1, 2", "{\"a\" : \"b", "{\"a\" : {\"b\" : \"", "{\"a\" : }", "{\"a\" "] {
            var tokenizer = JSONTokenizer(MemoryByteSource(json))
            try tokenizer.beginObject()
            #expect(try tokenizer.nextKey())
            let problem = #expect(throws: PriceProblem.self) { try tokenizer.skipValue() }
            #expect(problem?.code == (json.hasSuffix("}") ? .malformed : .truncated))
        }
    }

    @Test func `bad UTF-8 is found in a skipped value too`() throws {
        let json = Array("{\"a\" : [\"".utf8) + [UInt8](repeating: 0x20, count: 5000) + [0xFF] + Array("\"]}".utf8)
        var limits = JSONTokenizer.Limits()
        (limits.text, limits.window) = (256, 1024)
        var tokenizer = JSONTokenizer(MemoryByteSource(json), limits: limits)
        try tokenizer.beginObject()
        #expect(try tokenizer.nextKey())
        let problem = #expect(throws: PriceProblem.self) { try tokenizer.skipValue() }
        #expect(problem?.code == .malformed && problem?.offset == 5009)
    }

    @Test func `both kernels find the same`() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("{}[]:,\"\\ \n\ta1é\u{0}".utf8)
        for _ in 0..<2000 {
            let blocks = Int.random(in: 1...8, using: &generator)
            let bytes = (0..<blocks * 64).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            var (first, second) = (cloud_prices_json_carry(), cloud_prices_json_carry())
            var firstPositions = [UInt32](repeating: 0, count: bytes.count + 64)
            var secondPositions = firstPositions
            let vector = unsafe cloud_prices_json_index(bytes, blocks, 5, &firstPositions, &first)
            let plain = unsafe cloud_prices_json_index_portable(bytes, blocks, 5, &secondPositions, &second)
            #expect(vector.count == plain.count && vector.fault == plain.fault)
            #expect(vector.fault_position == plain.fault_position && vector.has_backslash == plain.has_backslash)
            #expect(firstPositions.prefix(vector.count) == secondPositions.prefix(plain.count))
            #expect(first.in_string == second.in_string && first.escaped == second.escaped)
            #expect(first.scalar == second.scalar && first.utf8_needed == second.utf8_needed)
            (first, second) = (cloud_prices_json_carry(), cloud_prices_json_carry())
            let skipped = unsafe cloud_prices_json_skip(bytes, blocks, 3, &first)
            let walked = unsafe cloud_prices_json_skip_portable(bytes, blocks, 3, &second)
            #expect(skipped.end == walked.end && skipped.depth == walked.depth && skipped.fault == walked.fault)
        }
    }
}
