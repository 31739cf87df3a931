import Foundation
import Glibc
import PricePipeline
import SennitPipeline
import Testing

@Suite(.timeLimit(.minutes(5))) struct SamplePipelineTests {
    private static func withStore(_ body: (String) async throws -> Void) async throws {
        let store = FileManager.default.temporaryDirectory.appending(path: "prices-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: store) }
        try await body(store)
    }

    private static func pipeline() throws -> Pipeline {
        try PricesPipeline.declaration.make(PipelineConfiguration(text: "prices: {samples: \(samples)}"))
    }

    @Test func `the samples become one priced database, and the run says so`() async throws {
        try await Self.withStore { store in
            let summary = try await PipelineRunner(store: store).run(Self.pipeline())
            #expect(summary.status == .finished, "\(summary.message ?? "")")
            let made = Set(summary.steps.flatMap(\.artefacts).map(\.name))
            #expect(made.isSuperset(of: ["aws.sql", "azure.sql", "gcp.sql", "prices.sql", "summary.json"]))
            try await resume(killedAfter: [summary.sequence / 3, summary.sequence * 3 / 4], expecting: summary)
        }
    }

    /// The whole process is killed while providers are read, and while their dumps are added up.
    private func resume(killedAfter places: [Int], expecting whole: RunSummary) async throws {
        for place in places {
            try await Self.withStore { store in
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [place = place as Int, store = store as String] in
                    _ = try await PipelineRunner(store: store).run(SamplePipelineTests.pipeline()) { notice in
                        guard case .event(let recorded) = notice else { return }
                        if recorded.sequence == place { kill(getpid(), SIGKILL) }
                        // Fewer events than there were the first time.
                        if case .runFinished = recorded.event { kill(getpid(), SIGKILL) }
                    }
                }
                let resumed = try await PipelineRunner(store: store).resume(of: Self.pipeline())
                #expect(resumed.status == .finished, "killed after \(place): \(resumed.message ?? "")")
                // Nothing is lost, and nothing counted twice.
                #expect(resumed.steps.map(\.rows) == whole.steps.map(\.rows), "killed after \(place)")
            }
        }
    }
}
