import Foundation
import SennitCommands
import Testing

@Suite(.timeLimit(.minutes(5)))
struct StepCommandTests {
    @Test func `the list of steps`() async throws {
        let place = try ShoutingPlace()
        defer { place.remove() }
        let list = try await place.run("step list")
        #expect(
            list.output == """
                shouting: says it louder
                  shouting.say  reads nothing; makes words
                  shouting.shout  reads words; makes shouts

                """)
        let objects = try await place.run("step list --json").objects()
        #expect(objects.map { $0["step"] as? String } == ["say", "shout"])
    }

    @Test func `one step on a fixture`() async throws {
        let place = try ShoutingPlace()
        defer { place.remove() }
        try FileManager.default.createDirectory(
            atPath: "\(place.directory)/expected", withIntermediateDirectories: true)
        try "psst".write(toFile: "\(place.directory)/words", atomically: true, encoding: .utf8)
        try "PSST".write(toFile: "\(place.directory)/expected/shouts", atomically: true, encoding: .utf8)
        let good = try await place.run("step run shouting.shout --fixture \(place.directory)")
        #expect(good.code == 0, "\(good.notes)")
        #expect(good.output.contains("shouts: 4 B, sha256 "))
        #expect(good.output.contains(", as expected\n"))
        let failed = try await place.run("step run shout --fixture \(place.directory)", fails: true)
        #expect(failed.code == 1)
        #expect(failed.notes.contains("step 'shout' failed: no voice"))
        let lacking = try await place.run("step run shout --fixture \(place.directory)/expected")
        #expect(lacking.notes.contains("reads 'words', which the fixture '\(place.directory)/expected' lacks"))
        let nowhere = try await place.run("step run shout --fixture /nowhere")
        #expect(nowhere.notes.contains("There is no directory '/nowhere'"))
        let unknown = try await place.run("step run whisper --fixture .")
        #expect(unknown.notes.contains("There is no step 'whisper'"))
    }
}
