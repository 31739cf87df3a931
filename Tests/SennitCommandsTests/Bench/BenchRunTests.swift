import SennitCommands
import Testing

@Suite(.timeLimit(.minutes(5)))
struct BenchRunTests {
    @Test(arguments: [0, 2])
    func `workload`(processes: Int) async throws {
        let run = await CapturedRun("bench workload --processes \(processes) --threads 4 --count 40 --json")
        try #require(run.code == 0, "\(run.notes)")
        #expect(run.notes == "")
        let figures = try run.figures()
        let keys = [
            "elapsed_s", "lower_bound_s", "ratio", "cpu_s", "rss_mb", "uss_mb", "processes", "threads", "busiest_share",
        ]
        #expect(Set(keys).isSubset(of: figures.keys))
        #expect(try #require(figures["ratio"]) >= 1)
        #expect(try #require(figures["cpu_s"]) >= 40 * 0.0008)
        #expect(figures["processes"] == Double(processes + 1))
        #expect(try #require(figures["threads"]) > 4)
        #expect((0.01...1).contains(try #require(figures["busiest_share"])))
        #expect(try #require(figures["uss_mb"]) > 0)
    }

    @Test func `workload in words`() async throws {
        let run = await CapturedRun("bench workload --processes 1 --threads 2 --count 4 --mode wall")
        try #require(run.code == 0, "\(run.notes)")
        #expect(run.output.hasPrefix("4 tasks of 20 ms waiting"))
        #expect(run.output.contains("\n  lower bound "))
    }

    @Test func `dispatch`() async throws {
        let run = await CapturedRun("bench dispatch --count 500 --round-trips 20 --json")
        try #require(run.code == 0, "\(run.notes)")
        let figures = try run.figures()
        let keys = [
            "tasks_per_s", "submit_us", "submit_alone_us", "round_trip_p50_us", "round_trip_p99_us", "run_tasks_per_s",
            "submit_tasks_per_s",
        ]
        for key in keys { #expect(try #require(figures[key]) > 0, "\(key)") }
        #expect(try #require(figures["round_trip_p99_us"]) >= #require(figures["round_trip_p50_us"]))
    }

    @Test(arguments: [1, 10_000, 300_000])
    func `payload`(bytes: Int) async throws {
        let run = await CapturedRun("bench payload --bytes \(bytes) --json")
        try #require(run.code == 0, "\(run.notes)")
        let figures = try run.figures()
        #expect(try #require(figures["echo_ms_p50"]) > 0)
        #expect(try #require(figures["shared_echo_ms_p50"]) > 0)
    }

    @Test func `expand`() async throws {
        let run = await CapturedRun("bench expand --bytes 3000 --rounds 3 --json")
        try #require(run.code == 0, "\(run.notes)")
        let figures = try run.figures()
        for key in ["dense_mb_s", "compose_mb_s", "plain_mb_s"] { #expect(try #require(figures[key]) > 0, "\(key)") }
    }

    @Test func `history`() async throws {
        let run = await CapturedRun("bench history --appends 400 --events 1000 --json")
        try #require(run.code == 0, "\(run.notes)")
        let figures = try run.figures()
        let keys = [
            "appends_per_s", "append_us_p50", "append_us_p99", "keyed_appends_per_s", "full_grouped_appends_per_s",
            "rebuild_events_per_s", "rebuild_decoded_events_per_s", "delivery_ms_p50", "other_store_delivery_ms_p50",
        ]
        for key in keys { #expect(try #require(figures[key]) > 0, "\(key)") }
    }

    @Test func `start`() async throws {
        let run = await CapturedRun("bench start --rounds 2 --json")
        try #require(run.code == 0, "\(run.notes)")
        let figures = try run.figures()
        #expect(try #require(figures["first_task_ms_spawn"]) > 0)
        #expect(try #require(figures["first_task_ms_zygote"]) > 0)
    }

    @Test func `the names in a crash report`() throws {
        let report = CrashReport(
            rounds: 3, detectMedian: 1.5, detect99: 2.5,
            overshootMedian: DeadlineOvershoot(told: 0.25, stopped: 5.25),
            overshoot99: DeadlineOvershoot(told: 0.5, stopped: 5.5), goodFinished: 19, goodExpected: 20,
            orphans: OrphanScenario.Outcome(before: 6, alive: 1, left: 0),
            leaked: ResourceCount(descriptors: 4, sharedMemory: 5, zombies: 6))
        #expect(
            try JSONLine.text(of: report)
                == #"{"deadline_overshoot_ms_p50":0.25,"deadline_overshoot_ms_p99":0.5,"#
                + #""deadline_worker_gone_ms_p50":5.25,"deadline_worker_gone_ms_p99":5.5,"#
                + #""descendants_before":6,"detect_ms_p50":1.5,"detect_ms_p99":2.5,"good_tasks_expected":20,"#
                + #""good_tasks_finished":19,"leaked_descriptors":4,"leaked_shared_memory":5,"leaked_zombies":6,"#
                + #""orphans_after_50ms":1,"orphans_left":0,"rounds":3}"#)
    }
}
