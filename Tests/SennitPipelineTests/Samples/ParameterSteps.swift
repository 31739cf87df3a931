import Foundation
import SennitPipeline

/// Publishes what it was told, and fails for a word that it was told to fear.
struct Tell: StepWork {
    var ledger: String
    var output = "told"
    var names: [String] = []
    var fears: String?
    /// The input whose text it publishes in place of its own.
    var copies: String?

    func run(in workspace: StepWorkspace) async throws {
        let values = try names.map { try "\($0)=\(workspace.parameter($0, as: String.self))" }
        let text = values.joined(separator: " ")
        sign(ledger, ([workspace.step] + values).joined(separator: " "))
        if let fears, text.contains(fears), !FileManager.default.fileExists(atPath: ledger + ".brave") {
            throw StepFailure("afraid of \(fears)")
        }
        try publish(copies.map { try read($0, workspace) } ?? text, as: output, workspace)
        workspace.report(rows: 1)
    }
}

/// Reads parameters as the types that they have.
struct ReadTyped: StepWork {
    enum Mode: String, ParameterReadable { case fast, exact }

    func run(in workspace: StepWorkspace) async throws {
        let limit: Int = try workspace.parameter("limit")
        let rate: Double = try workspace.parameter("rate")
        let dry: Bool = try workspace.parameter("dry")
        let day: CalendarDate = try workspace.parameter("day")
        let pause: Duration = try workspace.parameter("pause")
        let mode: Mode = try workspace.parameter("mode")
        let hour: CalendarHour = try workspace.parameter("hour")
        let text = "\(limit + 1) \(rate) \(dry) \(day.year) \(pause) \(mode) \(hour.hour)"
        try publish(text, as: "typed", workspace)
    }
}

/// Asks for a parameter that it has not declared, or as another type.
struct ReadWrong: StepWork {
    var asksForOther = false

    func run(in workspace: StepWorkspace) async throws {
        if asksForOther { _ = try workspace.parameter("other", as: String.self) }
        _ = try workspace.parameter("region", as: Int.self)
    }
}

extension Bench {
    /// 'fixed' knows nothing of the day and the region, 'daily' reads both, and 'join' reads what they make.
    func daily(
        partitions: Partitions? = .daily("day"), fears: String? = nil, cached: Bool = true
    ) throws -> Pipeline {
        let name = partitions?.parameter.name
        return try Pipeline(
            "daily", parameters: [Parameter("region", .oneOf(["eu", "us"]), default: "eu")], partitions: partitions,
            steps: [
                Step(
                    "fixed", Tell(ledger: ledger, output: "constant"), outputs: ["constant"], codeVersion: "1"),
                Step(
                    "daily", Tell(ledger: ledger, names: (name.map { [$0] } ?? []) + ["region"], fears: fears),
                    outputs: ["told"], retry: .never, isCached: cached, codeVersion: "1",
                    parameters: (name.map { [$0] } ?? []) + ["region"]),
                Step(
                    "join", Tell(ledger: ledger, output: "joined", copies: "told"), inputs: ["constant", "told"],
                    outputs: ["joined"],
                    codeVersion: "1"),
            ])
    }
}
