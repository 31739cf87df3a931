import Glibc
import Sennit
import SennitCommands
import Testing

/// The built program, from outside.
@Suite(.timeLimit(.minutes(5)))
struct ProgramTests {
    @Test func `killed workers, poison and a killed parent leave nothing behind`() async throws {
        let ended = try await ProgramRun.run(["bench", "crash", "--rounds", "1", "--json"]) { run in
            run.readToEnd()
        }
        #expect(ended.status == .exited(0), "\(ended.notes)")
        for part in [
            #""good_tasks_expected":20,"good_tasks_finished":20,"leaked_descriptors":0,"leaked_shared_memory":0,"#,
            #""leaked_zombies":0,"#, #""orphans_left":0"#, #""descendants_before":6"#,
        ] { #expect(ended.output.contains(part), "\(ended.output)") }
        #expect(ended.output.split(separator: "\n").count == 1)
        #expect(ended.survivors == [])
    }

    @Test(arguments: [(Int32(SIGINT), Int32(130)), (Int32(SIGTERM), Int32(143))])
    func `a signal ends the workers, then the program`(number: Int32, code: Int32) async throws {
        let ended = try await ProgramRun.run(["demo", "--count", "50000", "--threads", "3", "--processes", "2"]) {
            run in
            run.waitForDescendants()
            run.signal(number)
            run.readToEnd()
        }
        #expect(ended.status == .exited(code), "\(ended.notes)")
        #expect(ended.notes.hasSuffix("sennit: interrupted\n"))
        #expect(ended.hadDescendants)
        #expect(ended.survivors == [])
    }

    @Test func `a reader who leaves ends it as well`() async throws {
        let ended = try await ProgramRun.run(["demo", "--count", "50000", "--threads", "3", "--processes", "2"]) {
            run in
            run.readLine()
            run.waitForDescendants()
            run.stopReading()
        }
        #expect(ended.status == .exited(141), "\(ended.notes)")
        #expect(ended.output.hasPrefix("50,000 tasks"))
        #expect(ended.hadDescendants)
        #expect(ended.survivors == [])
    }

    @Test func `a full disk is an error with a reason`() async throws {
        let ended = try await ProgramRun.run(["demo", "--count", "10"], outputPath: "/dev/full") { $0.readToEnd() }
        #expect(ended.status == .exited(74))
        #expect(ended.notes.contains("No space left on device"))
        #expect(ended.survivors == [])
    }

    @Test func `arguments that make no sense`() async throws {
        let ended = try await ProgramRun.run(["demo", "--count", "many"]) { $0.readToEnd() }
        #expect(ended.status == .exited(64))
        #expect(ended.output == "")
        #expect(ended.notes.contains("--count"))
    }
}
