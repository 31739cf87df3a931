import ByteText

/// A set of texts, given exactly or with `*` for any run of characters; matched on UTF-8 without making strings.
public struct TextMatcher: Sendable, Hashable {
    /// Sorted by length, then by bytes.
    private var exact: [[UInt8]] = []
    /// Each split at its stars.
    private var patterns: [[[UInt8]]] = []
    private let matchesAll: Bool

    /// Matches everything.
    public static let all = TextMatcher(matchesAll: true)

    private init(matchesAll: Bool) { self.matchesAll = matchesAll }

    /// Matches the given texts, of which those with a `*` are patterns; case counts.
    public init(_ texts: [String]) {
        let texts = Set(texts.map(\.bytes))
        matchesAll = texts.contains(Self.star)
        exact = texts.filter { !$0.holds(Self.star) }.map { Array($0.utf8) }.sorted(by: Self.precedes)
        patterns = texts.filter { $0.holds(Self.star) }.sorted().map { $0.parts(at: "*").map { Array($0.utf8) } }
    }

    private static let star: ByteText = "*"

    /// Whether everything matches.
    public var isAll: Bool { matchesAll }

    /// The texts, if they were given exactly and nothing else was: what a server can be asked for.
    package var exactTexts: [String]? {
        matchesAll || !patterns.isEmpty ? nil : exact.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The texts that were given exactly, in order; what patterns may match beside them is not among them.
    package var namedTexts: [String] { exact.map { String(decoding: $0, as: UTF8.self) }.sorted() }

    /// The texts and patterns as they were given, in order.
    var allTexts: [String] {
        let given = patterns.map { parts in parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "*") }
        return namedTexts + given.sorted()
    }

    /// Whether a text is in the set.
    public func matches(_ text: Span<UInt8>) -> Bool {
        if matchesAll { return true }
        var (low, high) = (0, exact.count)
        while low < high {
            let middle = (low + high) / 2
            let candidate = exact[middle]
            if text.equals(candidate.span) { return true }
            if Self.precedes(candidate.span, text) { low = middle + 1 } else { high = middle }
        }
        return patterns.contains { Self.matches($0, text) }
    }

    /// Whether a text is in the set.
    public func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return matches(bytes.span)
    }

    private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool { precedes(left.span, right.span) }

    private static func precedes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        if left.count != right.count { return left.count < right.count }
        for index in 0..<left.count where left[index] != right[index] { return left[index] < right[index] }
        return false
    }

    private static func holds(_ text: Span<UInt8>, _ part: [UInt8], at position: Int) -> Bool {
        text.extracting(position..<position + part.count).equals(part.span)
    }

    /// The first part is a prefix, the last a suffix, and the others follow each other in between.
    private static func matches(_ parts: [[UInt8]], _ text: Span<UInt8>) -> Bool {
        guard let first = parts.first, let last = parts.last, first.count + last.count <= text.count,
            text.extracting(first: first.count).equals(first.span), text.extracting(last: last.count).equals(last.span)
        else { return false }
        var position = first.count
        let end = text.count - last.count
        for part in parts.dropFirst().dropLast() {
            while position + part.count <= end, !Self.holds(text, part, at: position) { position += 1 }
            guard position + part.count <= end else { return false }
            position += part.count
        }
        return true
    }
}
