/// A unit with the number before it taken off: `1K tokens` is 1,000 `tokens`, `2 Million Calls` 2,000,000 `Calls`.
struct UnitBlock: Hashable {
    /// How many; at least 1.
    var count: Int64
    /// What follows; empty for a bare number.
    var rest: String

    /// Makes a block of its parts.
    init(count: Int64, rest: String) {
        self.count = count
        self.rest = rest
    }

    /// Reads a number with an optional multiplier, one separator, and the rest.
    ///
    /// - Returns: `nil` where no whole number from 1 up stands at the start, or it is too large.
    init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        var count: Int64 = 0
        var digits = 0
        while let byte = bytes.first {
            if byte == UInt8(ascii: ","), digits > 0, bytes.dropFirst().prefix(3).allSatisfy(Self.isDigit),
                bytes.count > 3
            {
                bytes = bytes.dropFirst()
                continue
            }
            guard Self.isDigit(byte) else { break }
            let (tens, overflow) = count.multipliedReportingOverflow(by: 10)
            let (sum, more) = tens.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !overflow, !more else { return nil }
            (count, digits) = (sum, digits + 1)
            bytes = bytes.dropFirst()
        }
        guard digits > 0, count > 0 else { return nil }
        let (factor, length) = Self.multiplier(bytes)
        let (product, overflow) = count.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        bytes = bytes.dropFirst(length)
        if let first = bytes.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "-") {
            bytes = bytes.dropFirst()
        }
        self.count = product
        rest = String(decoding: bytes, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    /// What the number is multiplied by, and how many bytes say so.
    private static func multiplier(_ bytes: ArraySlice<UInt8>) -> (factor: Int64, length: Int) {
        let letters: [(String, Int64)] = [("K", 1000), ("k", 1000), ("M", 1_000_000), ("B", 1_000_000_000)]
        let words: [(String, Int64)] = [
            (" thousand", 1000), (" million", 1_000_000), (" billion", 1_000_000_000),
            (" Thousand", 1000), (" Million", 1_000_000), (" Billion", 1_000_000_000),
        ]
        for (word, factor) in letters + words where bytes.starts(with: word.utf8) {
            let next = bytes.dropFirst(word.utf8.count).first
            // `1MB` is a megabyte.
            if next.map(isLetter) != true { return (factor, word.utf8.count) }
        }
        return (1, 0)
    }
}
