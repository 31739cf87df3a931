import Foundation
import SennitPipeline
import Testing

@Suite(.timeLimit(.minutes(5)))
struct StoreLayoutTests {
    private let bench = Bench()

    @Test func `a run is held as long as its lock lives`() throws {
        defer { bench.remove() }
        try bench.layout.prepare()
        #expect(!bench.layout.isHeld(.first))
        do {
            let lock = try bench.layout.lock(.first)
            #expect(bench.layout.isHeld(.first))
            #expect(!bench.layout.isHeld(.second))
            let error = #expect(throws: PipelineError.self) { try bench.layout.lock(.first) }
            #expect(error?.code == .runIsActive)
            withExtendedLifetime(lock) {}
        }
        #expect(!bench.layout.isHeld(.first))
        #expect(try FileSystem.names(in: bench.layout.locks) == [])
    }

    @Test func `what needs the artefacts for itself waits for no run and is done beside none`() throws {
        defer { bench.remove() }
        try bench.layout.prepare()
        do {
            let locks = try [bench.layout.lock(.first), bench.layout.lock(.second)]
            #expect(try bench.layout.unlessInUse { true } == nil)
            withExtendedLifetime(locks) {}
        }
        #expect(try bench.layout.unlessInUse { true } == true)
        // The lock has been let go.
        _ = try bench.layout.lock(.first)
    }

    @Test func `sweeping takes away the locks of dead runs, too`() throws {
        defer { bench.remove() }
        try bench.layout.prepare()
        for run in [RunID.first, .second] { try FileSystem.makeDirectory(bench.layout.work(of: run)) }
        _ = try bench.write("", to: "store/locks/\(RunID.third)")
        let lock = try bench.layout.lock(.second)
        bench.layout.sweep()
        #expect(try FileSystem.names(in: bench.layout.work) == [RunID.second.rawValue])
        #expect(try FileSystem.names(in: bench.layout.locks) == [RunID.second.rawValue])
        withExtendedLifetime(lock) {}
    }
}
