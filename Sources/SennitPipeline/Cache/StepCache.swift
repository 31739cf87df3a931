#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a step has made from a recipe.
package struct CacheRecord: Sendable, Hashable, Codable {
    package var recipe: StepRecipe
    package var artefacts: [ArtefactReference]
    package var rows: Int64?

    package init(recipe: StepRecipe, artefacts: [ArtefactReference], rows: Int64?) {
        self.recipe = recipe
        self.artefacts = artefacts
        self.rows = rows
    }
}

/// Which outputs each step has made from which recipe: one small file for each, and one for the last.
///
/// It is an index and no more: a record that is lost or cannot be read costs one more run of the step.
package struct StepCache: Sendable {
    /// Records that are kept for each step.
    package static let limit = 32

    private let directory: String

    /// The cache of a pipeline.
    package init(_ layout: StoreLayout, pipeline: String) { directory = "\(layout.cache)/\(pipeline)" }

    private func folder(_ step: String) -> String { "\(directory)/\(step)" }

    /// What the step has made from the recipe of a fingerprint.
    package func record(of step: String, fingerprint: ContentHash) -> CacheRecord? {
        read("\(folder(step))/\(fingerprint)").flatMap { $0.recipe.fingerprint == fingerprint ? $0 : nil }
    }

    /// What the step has made last.
    package func lastRecord(of step: String) -> CacheRecord? { read("\(folder(step))/last") }

    /// How many rows each step has counted last, by its name; nothing for those that count none.
    package func lastRows(of steps: [Step]) -> [String: Int64] {
        steps.reduce(into: [:]) { rows, step in rows[step.name] = lastRecord(of: step.name)?.rows }
    }

    private func read(_ path: String) -> CacheRecord? {
        guard let bytes = try? FileSystem.read(path, limit: 4 << 20) else { return nil }
        return try? JSONDecoder().decode(CacheRecord.self, from: Data(bytes))
    }

    /// Keeps a record.
    package func keep(_ record: CacheRecord) throws {
        let folder = folder(record.recipe.step)
        try FileSystem.makeDirectory(folder)
        let bytes = Array(try JSONEncoder().encode(record))
        try FileSystem.write(bytes, to: "\(folder)/\(record.recipe.fingerprint)")
        try FileSystem.write(bytes, to: "\(folder)/last")
        try removeOldest(in: folder)
    }

    private func removeOldest(in folder: String) throws {
        let names = try FileSystem.names(in: folder).filter { ContentHash(hexadecimal: $0) != nil }
        guard names.count > StepCache.limit else { return }
        let byAge = names.sorted { left, right in
            (FileSystem.status("\(folder)/\(left)")?.modified ?? 0, left)
                < (FileSystem.status("\(folder)/\(right)")?.modified ?? 0, right)
        }
        for name in byAge.prefix(names.count - StepCache.limit) { try FileSystem.remove("\(folder)/\(name)") }
    }

    /// The artefacts that each step of any pipeline in the store has made last.
    package static func lastReferences(in layout: StoreLayout) -> Set<ContentHash> {
        var found: Set<ContentHash> = []
        forEachStep(in: layout) { cache, step in
            found.formUnion(cache.lastRecord(of: step)?.artefacts.map(\.hash) ?? [])
        }
        return found
    }

    /// Removes the records, of any pipeline in the store, that name one of these artefacts.
    package static func forget(_ artefacts: Set<ContentHash>, in layout: StoreLayout) throws {
        try forEachStep(in: layout) { cache, step in
            for name in (try? FileSystem.names(in: cache.folder(step))) ?? [] {
                let path = "\(cache.folder(step))/\(name)"
                guard let record = cache.read(path) else { continue }
                if record.artefacts.contains(where: { artefacts.contains($0.hash) }) { try FileSystem.remove(path) }
            }
        }
    }

    private static func forEachStep(
        in layout: StoreLayout, _ body: (StepCache, String) throws -> Void
    ) rethrows {
        for pipeline in (try? FileSystem.names(in: layout.cache)) ?? [] {
            let cache = StepCache(layout, pipeline: pipeline)
            for step in (try? FileSystem.names(in: cache.directory)) ?? [] { try body(cache, step) }
        }
    }
}
