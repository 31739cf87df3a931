import SennitCommands
import Testing

struct WorkloadPlanTests {
    @Test func `the lower bound is the larger of waiting and computing`() {
        let waiting = WorkloadPlan(processes: 2, threads: 10, count: 1000, mode: .cpu)
        #expect(waiting.lowerBoundSeconds(processors: 2) == 1.0)
        let computing = WorkloadPlan(processes: 2, threads: 100, count: 1000, mode: .cpu)
        #expect(computing.lowerBoundSeconds(processors: 2) == 0.4)
        #expect(computing.lowerBoundSeconds(processors: 1) == 0.8)
    }

    @Test func `threads of this process count once`() {
        #expect(WorkloadPlan(processes: 0, threads: 8, count: 1, mode: .cpu).concurrency == 8)
        #expect(WorkloadPlan(processes: 3, threads: 8, count: 1, mode: .cpu).concurrency == 24)
    }

    @Test func `a report in words`() {
        var use = ProcessUse()
        use.processes = 3
        let plan = WorkloadPlan(processes: 2, threads: 40, count: 6000, mode: .wall)
        let report = WorkloadReport(
            plan: plan, elapsedSeconds: 3, lowerBoundSeconds: 2, processorSeconds: 1, parentProcessorSeconds: 0.1,
            use: use, busiestShare: 0.5)
        #expect(report.title == "6,000 tasks of 20 ms waiting and 0.8 ms of wall time on 2 processes x 40 threads")
        #expect(report.figures.contains(Figure("ratio", text: "1.500")))
        #expect(report.figures.contains(Figure("processes", text: "3")))
    }
}
