import Sennit

/// Runs the demonstration and tells about it.
struct DemoShow: Sendable {
    let plan: DemoPlan
    let console: Console
    let asJSON: Bool

    @concurrent
    func run() async throws {
        try say(DemoText.opening(plan, processors: ProcessIdentity.processorCount))
        try await runShapes()
        try say("", heading: DemoText.killHeading(plan))
        try await runDeaths()
    }

    private func runShapes() async throws {
        var table = TextTable(header: DemoText.shapeHeader)
        for shape in plan.shapes {
            var meter = meter(shape.name)
            let report = try await shape.plan.run(&meter)
            table.append(DemoText.row(shape, report))
            if asJSON { try console.output.line(JSONLine.text(of: DemoShapeReport(shape: shape.name, report: report))) }
        }
        try say(table)
    }

    private func runDeaths() async throws {
        var table = TextTable(header: DemoText.deathHeader)
        var reports: [DeathReport] = []
        for retries in [false, true] {
            var meter = meter(retries ? "killed worker, retries" : "killed worker")
            let report = try await DeathRun(plan: plan, retries: retries).run(&meter)
            table.append(DemoText.row(report))
            reports.append(report)
            if asJSON { try console.output.line(JSONLine.text(of: report)) }
        }
        try say(table)
        for report in reports { if let error = report.error { try say("", DemoText.error(error, of: report.failed)) } }
        try say("", DemoText.closing(reports))
    }

    private func meter(_ label: String) -> ProgressMeter {
        ProgressMeter(label, total: plan.count, on: console, speaksElsewhere: !asJSON)
    }

    private func say(_ lines: String..., heading: String? = nil) throws {
        guard !asJSON else { return }
        for line in lines { try console.output.line(line) }
        if let heading { try console.output.line(console.output.styled(heading, .bold)) }
    }

    private func say(_ table: TextTable) throws {
        guard !asJSON else { return }
        for (index, line) in table.lines.enumerated() {
            try console.output.line("  " + (index == 0 ? console.output.styled(line, .bold) : line))
        }
    }
}

/// A run of the workload in one shape, as JSON.
struct DemoShapeReport: Encodable {
    let shape: String
    let report: WorkloadReport

    private enum CodingKeys: String, CodingKey { case part, shape }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("workload", forKey: .part)
        try container.encode(shape, forKey: .shape)
        try report.encode(to: encoder)
    }
}
