import EventStore
import Foundation
import Glibc
import Sennit
import SennitPipeline
import Testing

/// Writes an output until the disk is full, or an artefact of its own when a file is not there.
struct FillDisk: StepWork {
    var obstacle: String
    var salt: Int

    func run(in workspace: StepWorkspace) async throws {
        let isFull = FileManager.default.fileExists(atPath: obstacle)
        var bytes = [UInt8](repeating: 7, count: isFull ? 64 << 20 : 1 << 20)
        bytes[0] = UInt8(salt & 255)
        try FileSystem.write(bytes, to: try workspace.output("flood"))
    }
}

/// A small file system of its own, where the system lets us mount one.
private final class SmallDisk {
    let path = NSTemporaryDirectory() + "sennit-disk-\(UUID().uuidString)"

    /// nil where nothing can be mounted.
    init?(mebibytes: Int) {
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard unsafe mount("tmpfs", path, "tmpfs", 0, "size=\(mebibytes)m") == 0 else {
            try? FileManager.default.removeItem(atPath: path)
            return nil
        }
    }

    deinit {
        _ = unsafe umount2(path, Int32(MNT_DETACH))
        try? FileManager.default.removeItem(atPath: path)
    }

    static var isPossible: Bool { SmallDisk(mebibytes: 1) != nil }

    /// Takes all of the room that is left.
    func fill() {
        let file = unsafe open("\(path)/filler", O_WRONLY | O_CREAT | O_APPEND, 0o644)
        for size in [1 << 20, 4096, 1] {
            let block = [UInt8](repeating: 1, count: size)
            while unsafe write(file, block, size) > 0 {}
        }
        close(file)
    }
}

@Suite(
    .timeLimit(.minutes(5)), .serialized,
    .enabled(if: SmallDisk.isPossible, "a small file system can be mounted only with rights over mounts"))
struct FullDiskTests {
    private func pipeline(_ obstacle: String, salt: Int = 0) throws -> Pipeline {
        try Pipeline(
            "p",
            steps: [
                Step(
                    "fill", FillDisk(obstacle: obstacle, salt: salt), outputs: ["flood"],
                    retry: RetryPolicy(maximumAttempts: 1))
            ])
    }

    @Test func `a full disk fails the step, not the history, and the run is taken up`() async throws {
        let disk = try #require(SmallDisk(mebibytes: 24))
        let bench = Bench()
        defer { bench.remove() }
        let obstacle = try bench.write("", to: "obstacle")
        let runner = PipelineRunner(store: "\(disk.path)/store", maximumParallelSteps: 1)
        let failed = try await runner.run(try pipeline(obstacle))
        #expect(failed.status == .failed)
        #expect(failed.steps[0].failure?.message.contains("No space left") == true, "\(failed)")
        try FileManager.default.removeItem(atPath: obstacle)
        #expect(try await runner.resume(failed.run, of: try pipeline(obstacle)).status == .finished)
    }

    @Test func `on a disk that others fill the end is recorded in the room that is kept for it`() async throws {
        let disk = try #require(SmallDisk(mebibytes: 24))
        let runner = PipelineRunner(store: "\(disk.path)/store", maximumParallelSteps: 1)
        #expect(try await runner.run(try pipeline("/nowhere")).status == .finished)
        disk.fill()
        let failed = try await runner.run(try pipeline("/nowhere", salt: 1))
        #expect(failed.status == .failed)
        try FileManager.default.removeItem(atPath: "\(disk.path)/filler")
        #expect(try await runner.resume(failed.run, of: try pipeline("/nowhere", salt: 1)).status == .finished)
    }

    @Test func `pruning works on a full disk, and makes room`() async throws {
        let disk = try #require(SmallDisk(mebibytes: 24))
        let runner = PipelineRunner(store: "\(disk.path)/store", maximumParallelSteps: 1)
        for salt in 0..<4 { _ = try await runner.run(try pipeline("/nowhere", salt: salt)) }
        disk.fill()
        let layout = runner.layout
        // It needs some of the room that is kept, and then there is none left.
        let store = try RunHistory.open(in: layout)
        defer { try? store.close() }
        disk.fill()
        let removed = try await PruneRuns(keep: 1).carryOut(in: store, isHeld: layout.isHeld) { chosen in
            _ = try RemoveArtefacts(without: Set(chosen)).carryOut(in: store, layout)
        }
        #expect(removed.count == 3)
        _ = try RemoveArtefacts(without: Set(removed)).carryOut(in: store, layout)
        #expect(layout.artefacts.contents().count == 1)
    }
}
