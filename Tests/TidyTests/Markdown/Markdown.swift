import Testing

/// The little that rules need to know of Markdown.
enum Markdown {
    /// A link or an image.
    struct Link: Equatable {
        var target: String
        var line: Int
    }

    /// Every link outside code: `[text](target)` and `[name]: target`.
    static func links(in lines: [Substring]) -> [Link] {
        prose(in: lines).flatMap { line, text in
            (inlineTargets(in: text) + definitionTarget(in: text)).map { Link(target: $0, line: line) }
        }
    }

    /// The anchors that headings make: lower case, without punctuation, dashes for spaces.
    static func anchors(in lines: [Substring]) -> Set<String> {
        var counts: [String: Int] = [:]
        var anchors: Set<String> = []
        for (_, text) in prose(in: lines, keepingCode: true) where text.hasPrefix("#") {
            let title = text.drop { $0 == "#" }.drop { $0 == " " }.lowercased()
            let kept = title.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
            let anchor = kept.replacing(" ", with: "-")
            let count = counts[anchor, default: 0]
            anchors.insert(count == 0 ? anchor : "\(anchor)-\(count)")
            counts[anchor] = count + 1
        }
        return anchors
    }

    /// A line without its code spans.
    static func withoutCode(_ line: Substring) -> Substring {
        guard line.contains("`") else { return line }
        var kept = ""
        var rest = line
        while let start = rest.firstIndex(of: "`") {
            kept += rest[..<start]
            let fence = rest[start...].prefix { $0 == "`" }
            let after = rest[fence.endIndex...]
            guard let end = after.firstRange(of: fence) else { return Substring(kept + after) }
            rest = after[end.upperBound...]
        }
        return Substring(kept + rest)
    }

    private static func prose(in lines: [Substring], keepingCode: Bool = false) -> [(Int, Substring)] {
        var fence: Substring?
        return lines.enumerated().compactMap { index, line in
            let text = line.drop { $0 == " " }
            if let open = fence {
                if text.hasPrefix(open) { fence = nil }
                return nil
            }
            if text.hasPrefix("```") || text.hasPrefix("~~~") {
                fence = text.prefix(3)
                return nil
            }
            return (index + 1, keepingCode ? line : withoutCode(line))
        }
    }

    private static func inlineTargets(in text: Substring) -> [String] {
        var targets: [String] = []
        var rest = text
        while let opening = rest.firstRange(of: "](") {
            rest = rest[opening.upperBound...]
            let target = rest.prefix { $0 != ")" && $0 != " " }
            if !target.isEmpty { targets.append(String(target)) }
        }
        return targets
    }

    private static func definitionTarget(in text: Substring) -> [String] {
        guard text.hasPrefix("["), let end = text.firstRange(of: "]: ") else { return [] }
        return [String(text[end.upperBound...].prefix { $0 != " " })]
    }
}

struct MarkdownTests {
    private func targets(_ text: String) -> [String] {
        Markdown.links(in: text.split(separator: "\n", omittingEmptySubsequences: false)).map(\.target)
    }

    @Test func `links and images`() {
        #expect(targets("a [b](c.md) ![d](e.png \"title\") [f][g]\n\n[g]: h.md#i") == ["c.md", "e.png", "h.md#i"])
    }

    @Test func `code holds no links`() {
        #expect(targets("`[a](b)` ``c`[d](e)`` [f](g)\n```\n[h](i)\n```\n[j](k)") == ["g", "k"])
    }

    @Test func `anchors of headings`() {
        let lines = "# One, two\n## `three` (4)\n```\n# five\n```\n# One, two".split(separator: "\n")
        #expect(Markdown.anchors(in: lines) == ["one-two", "three-4", "one-two-1"])
    }
}
