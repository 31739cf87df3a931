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
    /// The steps that are about one partition, and the directory in which their records for it are.
    private let partitioned: Set<String>
    private let partitionDirectory: String

    /// The cache of a pipeline without partitions.
    package init(_ layout: StoreLayout, pipeline: String) {
        directory = "\(layout.cache)/\(pipeline)"
        partitioned = []
        partitionDirectory = directory
    }

    /// The cache of a pipeline.
    ///
    /// Steps that depend on the partition, directly or not, have records for each partition.
    package init(_ layout: StoreLayout, pipeline: Pipeline) {
        directory = "\(layout.cache)/\(pipeline.name)"
        partitioned = pipeline.partition == nil ? [] : pipeline.partitionedSteps
        // No pipeline has an @ in its name.
        partitionDirectory = pipeline.partition.map { "\(layout.cache)/\(pipeline.name)@\($0)" } ?? directory
    }

    private func folder(_ step: String) -> String {
        "\(partitioned.contains(step) ? partitionDirectory : directory)/\(step)"
    }

    /// What the step has made from the recipe of a fingerprint.
    package func record(of step: String, fingerprint: ContentHash) -> CacheRecord? {
        read("\(folder(step))/\(fingerprint)").flatMap { $0.recipe.fingerprint == fingerprint ? $0 : nil }
    }

    /// What the step has made last.
    package func lastRecord(of step: String) -> CacheRecord? { read("\(folder(step))/last") }

    /// What the step has made last with these values of its parameters.
    ///
    /// - Parameters:
    ///   - step: The step.
    ///   - parameters: The values as text; nil if it reads none.
    /// - Returns: The record; nil if there is none any more.
    package func lastRecord(of step: String, with parameters: [String: String]?) -> CacheRecord? {
        if let last = lastRecord(of: step), last.recipe.parameters == parameters { return last }
        let folder = folder(step)
        let names = ((try? FileSystem.names(in: folder)) ?? []).filter { ContentHash(hexadecimal: $0) != nil }
        return StepCache.byAge(names, in: folder).reversed().lazy.compactMap { read("\(folder)/\($0)") }
            .first { $0.recipe.parameters == parameters }
    }

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
        let oldest = StepCache.byAge(names, in: folder).prefix(names.count - StepCache.limit)
        for name in oldest { try FileSystem.remove("\(folder)/\(name)") }
    }

    /// The names of files, the oldest first.
    private static func byAge(_ names: [String], in folder: String) -> [String] {
        names.map { (FileSystem.status("\(folder)/\($0)")?.modified ?? 0, $0) }.sorted { $0 < $1 }.map(\.1)
    }

    /// The artefacts that each step of any pipeline in the store has made last.
    ///
    /// Those of a partition are not among them: they would stay for ever, one set for each partition there has been.
    package static func lastReferences(in layout: StoreLayout) -> Set<ContentHash> {
        var found: Set<ContentHash> = []
        forEachStep(in: layout, includesPartitions: false) { cache, step in
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
        in layout: StoreLayout, includesPartitions: Bool = true, _ body: (StepCache, String) throws -> Void
    ) rethrows {
        for pipeline in (try? FileSystem.names(in: layout.cache)) ?? []
        where includesPartitions || !pipeline.utf8.contains(UInt8(ascii: "@")) {
            let cache = StepCache(layout, pipeline: pipeline)
            for step in (try? FileSystem.names(in: cache.directory)) ?? [] { try body(cache, step) }
        }
    }
}
