import ArgumentParser
import SennitCommands
import Testing

@Suite(.timeLimit(.minutes(5)))
struct DemoTests {
    @Test func `the plan follows the machine and the options`() throws {
        let plain = try DemoCommand.parse([]).plan(processors: 4)
        #expect(plain == DemoPlan(count: 6000, processes: 4, threads: 40, loneProcesses: 40))
        let quick = try DemoCommand.parse(["--quick"]).plan(processors: 1)
        #expect(quick == DemoPlan(count: 600, processes: 2, threads: 40, loneProcesses: 8))
        let given = try DemoCommand.parse(["--count", "7", "--quick", "--processes", "3", "--threads", "2"])
        #expect(given.plan(processors: 4) == DemoPlan(count: 7, processes: 3, threads: 2, loneProcesses: 8))
    }

    @Test func `processes alone, threads alone, both`() {
        let shapes = DemoPlan(count: 10, processes: 2, threads: 30, loneProcesses: 40).shapes
        #expect(shapes.map { [$0.plan.processes, $0.plan.threads] } == [[40, 1], [0, 60], [2, 30]])
        // Never more processes than there would be threads.
        #expect(DemoPlan(count: 10, processes: 2, threads: 2, loneProcesses: 40).shapes[0].plan.processes == 4)
    }

    @Test func `what the death meant is told as it was`() {
        var strict = DeathReport(count: 100, retries: false)
        strict.finished = 97
        strict.failed = 3
        var retried = DeathReport(count: 100, retries: true)
        retried.finished = 99
        retried.failed = 1
        let text = DemoText.closing([strict, retried])
        #expect(text.contains("97 of 100 tasks finished"))
        #expect(!text.contains("nobody noticed"))
        #expect(DemoText.error("Boom.", of: 3).hasSuffix("3 failed tasks says, like the first: Boom."))
        #expect(DemoText.error("Boom.", of: 1) == "The failed task says: Boom.")
    }

    @Test func `as JSON, one object for each run`() async throws {
        let run = await CapturedRun("demo --count 90 --processes 2 --threads 3 --json")
        try #require(run.code == 0, "\(run.notes)")
        #expect(run.notes == "")
        let objects = try run.objects()
        #expect(
            objects.map { $0["part"] as? String } == Array(repeating: "workload", count: 3) + [
                "killed worker", "killed worker",
            ])
        #expect(objects.prefix(3).map { $0["shape"] as? String } == ["processes alone", "threads alone", "both"])
        let strict = objects[3]
        let failed = try #require(strict["failed"] as? Int)
        // None at all, where the machine is so busy that all that was in flight had ended before the kill.
        #expect((0...6).contains(failed))
        #expect(strict["finished"] as? Int == 90 - failed)
        #expect(strict["workers_started"] as? Int == 3)
        if failed > 0 { #expect((strict["error"] as? String)?.contains("was killed by SIGKILL") == true) }
        let retried = objects[4]
        #expect(retried["failed"] as? Int == 0)
        #expect(retried["finished"] as? Int == 90)
        #expect(retried["workers_started"] as? Int == 3)
    }

    @Test func `in words`() async throws {
        let run = await CapturedRun("demo --count 30 --processes 2 --threads 2")
        try #require(run.code == 0, "\(run.notes)")
        for word in ["processes alone", "threads alone", "both", "private memory", "must not be repeated", "SIGKILL"] {
            #expect(run.output.contains(word), "\(word)")
        }
        #expect(!run.output.contains("\u{1B}"))
    }
}
