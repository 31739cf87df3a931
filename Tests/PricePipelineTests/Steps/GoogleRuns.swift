import Foundation
import PricePipeline
import SennitPipeline

/// Runs of the pipeline with the smallest of the samples, in a store of their own.
struct GoogleRuns {
    let folder = FileManager.default.temporaryDirectory.appending(path: "prices-\(UUID())").path

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    var runner: PipelineRunner { PipelineRunner(store: "\(folder)/store") }

    /// The path of a new file.
    func file(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        return "\(folder)/\(name)"
    }

    /// The process of a server whose files are in the folder, once it has started.
    func serverProcess() -> Int32? {
        let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        guard let path = paths.first(where: { $0.hasSuffix("/postmaster.pid") }),
            let text = try? String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
        else { return nil }
        return text.split(separator: "\n").first.flatMap { Int32($0) }
    }

    func pipeline(_ section: String, steps: String = "") throws -> Pipeline {
        let text = "prices: {samples: \(samples), providers: [gcp], \(section)}\n\(steps)"
        return try PricesPipeline.declaration.make(PipelineConfiguration(text: text))
    }

    func run(_ section: String, steps: String = "") async throws -> RunSummary {
        try await runner.run(pipeline(section, steps: steps))
    }
}
