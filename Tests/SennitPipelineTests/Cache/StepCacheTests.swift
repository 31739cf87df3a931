import Foundation
import SennitPipeline
import Testing

@Suite struct StepCacheTests {
    private let bench = Bench()
    private var cache: StepCache { StepCache(bench.layout, pipeline: "p") }

    private func recipe(_ text: String, version: String = "1", words: String = "w") throws -> StepRecipe {
        try StepRecipe(
            Step("split", Split(text: text, ledger: ""), outputs: ["words"], codeVersion: version),
            artefacts: [ArtefactReference(name: "in", hash: ContentHasher.hash(words.utf8), bytes: 1)])
    }

    @Test func `what decides the outputs decides the fingerprint`() throws {
        let recipes = [
            try recipe("a"), try recipe("b"), try recipe("a", version: "2"), try recipe("a", words: "x"),
        ]
        #expect(Set(recipes.map(\.fingerprint)).count == 4)
        #expect(try recipe("a").fingerprint == recipes[0].fingerprint)
        #expect(recipes[1].difference(from: recipes[0]) == "its configuration has changed")
        #expect(recipes[2].difference(from: recipes[0]) == "its code has changed")
        #expect(recipes[3].difference(from: recipes[0]) == "its input 'in' has changed")
    }

    @Test func `records are found by fingerprint, and the last one without`() throws {
        defer { bench.remove() }
        let first = CacheRecord(recipe: try recipe("a"), artefacts: [], rows: 1)
        let second = CacheRecord(recipe: try recipe("b"), artefacts: [], rows: 2)
        try cache.keep(first)
        try cache.keep(second)
        #expect(cache.record(of: "split", fingerprint: first.recipe.fingerprint) == first)
        #expect(cache.lastRecord(of: "split") == second)
        #expect(cache.record(of: "split", fingerprint: try recipe("c").fingerprint) == nil)
    }

    @Test func `a record that cannot be read is no record`() throws {
        defer { bench.remove() }
        let record = CacheRecord(recipe: try recipe("a"), artefacts: [], rows: 1)
        try cache.keep(record)
        let path = "\(bench.layout.cache)/p/split/\(record.recipe.fingerprint)"
        for text in ["", "{", "[]", String(repeating: "{\"a\":", count: 10_000)] {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            #expect(cache.record(of: "split", fingerprint: record.recipe.fingerprint) == nil)
        }
    }

    @Test func `the oldest records go`() throws {
        defer { bench.remove() }
        for number in 0..<(StepCache.limit + 5) {
            try cache.keep(CacheRecord(recipe: try recipe("\(number)"), artefacts: [], rows: 1))
        }
        #expect(try FileSystem.names(in: "\(bench.layout.cache)/p/split").count == StepCache.limit + 1)
    }

    @Test func `what was made last is known, and what is forgotten is not`() throws {
        defer { bench.remove() }
        let hashes = ["x", "y"].map { ContentHasher.hash($0.utf8) }
        let records = try zip(["a", "b"], hashes).map { text, hash in
            CacheRecord(
                recipe: try recipe(text), artefacts: [ArtefactReference(name: "x", hash: hash, bytes: 1)], rows: nil)
        }
        for record in records { try cache.keep(record) }
        #expect(StepCache.lastReferences(in: bench.layout) == [hashes[1]])
        try StepCache.forget([hashes[0]], in: bench.layout)
        #expect(cache.record(of: "split", fingerprint: records[0].recipe.fingerprint) == nil)
        #expect(cache.record(of: "split", fingerprint: records[1].recipe.fingerprint) == records[1])
        #expect(cache.lastRecord(of: "split") == records[1])
    }
}
