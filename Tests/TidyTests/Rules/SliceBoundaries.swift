import Testing

/// A slice is a folder with everything that one command or one view needs.
struct SliceBoundaries: HouseRule {
    /// The folder of the slices.
    var module = "Sources/SennitPipeline"
    /// The slices among its folders; what is in no slice is shared by all of them.
    var slices = ["ListRuns", "ShowRun", "WatchRun", "PruneRuns"]
    /// Slices that run things: they decide with the same machine, so they may know one another.
    var family = ["StartRun", "ResumeRun", "RunStep", "DryRun", "StepAlone", "Notify", "Backfill"]

    var promise: String { "A slice mentions no type of another slice: they share only the rooms beside them." }

    func offences(in tree: RepositoryTree) -> [Offence] {
        var owners: [String: String] = [:]
        let files = (slices + family).flatMap { slice in
            tree.files.filter { $0.isSwift && $0.isUnder("\(module)/\(slice)") }.map { (slice: slice, file: $0) }
        }
        for (slice, file) in files {
            for name in declaredTypes(in: file.source) { owners[name] = slice }
        }
        return files.flatMap { slice, file in
            file.source.tokens.compactMap { token -> Offence? in
                guard let owner = owners[token.text], owner != slice, !areFamily(owner, slice) else { return nil }
                return file.offence(token.line, "'\(token.text)' belongs to the slice \(owner)")
            }
        }
    }

    private func areFamily(_ one: String, _ other: String) -> Bool {
        family.contains(one) && family.contains(other)
    }

    /// The names of the types that a file declares at its top level.
    private func declaredTypes(in source: SourceText) -> [String] {
        var depth = 0
        return source.tokens.indices.compactMap { index in
            switch source.tokens[index].text {
            case "{": depth += 1
            case "}": depth -= 1
            case "struct", "class", "enum", "actor", "protocol", "typealias":
                guard depth == 0, source.token(index - 1).text != "." else { return nil }
                return source.token(index + 1).text
            default: break
            }
            return nil
        }
    }
}

struct SliceBoundariesTests {
    private func offences(_ files: [String: String]) -> [String] {
        let rule = SliceBoundaries(module: "Sources/M", slices: ["Buy", "Sell"], family: ["Pay", "Refund"])
        let tree = RepositoryTree(files: files.sorted { $0.key < $1.key }.map { RepositoryFile($0.key, $0.value) })
        return rule.offences(in: tree).map { "\($0.path):\($0.line)" }
    }

    @Test func `a type of another slice`() {
        let files = [
            "Sources/M/Buy/Buy.swift": "struct Buy {}\nextension Sale {}\n",
            "Sources/M/Sell/Sale.swift": "enum Sale {}",
        ]
        #expect(offences(files) == ["Sources/M/Buy/Buy.swift:2"])
    }

    @Test func `a family of slices, and a slice beside it`() {
        let files = [
            "Sources/M/Pay/Pay.swift": "struct Pay {}", "Sources/M/Refund/Refund.swift": "let a: Pay\nlet b: Buy",
            "Sources/M/Buy/Buy.swift": "struct Buy { let c: Pay }",
        ]
        #expect(offences(files) == ["Sources/M/Buy/Buy.swift:1", "Sources/M/Refund/Refund.swift:2"])
    }

    @Test func `types of its own, of shared rooms and inside of others`() {
        let files = [
            "Sources/M/Buy/Buy.swift": "struct Buy { enum State { case open } }\nlet event: Bought // Sale",
            "Sources/M/Buy/Price.swift": "let buy: Buy? = nil", "Sources/M/Events/Bought.swift": "struct Bought {}",
            "Sources/M/Sell/Sale.swift": "struct Sale { enum State { case open } }",
            "Sources/M/All.swift": "let a: Sale",
        ]
        #expect(offences(files) == [])
    }
}
