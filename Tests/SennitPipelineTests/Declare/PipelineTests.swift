import SennitPipeline
import Testing

struct Nothing: StepWork {
    func run(in workspace: StepWorkspace) async throws {}
}

private struct Hidden: StepWork {
    func run(in workspace: StepWorkspace) async throws {}
}

@Suite struct PipelineTests {
    private func step(
        _ name: String, _ inputs: [StepInput] = [], _ outputs: [String] = [], timeout: Duration? = nil,
        retry: RetryPolicy = .standard
    ) -> Step {
        Step(name, Nothing(), inputs: inputs, outputs: outputs, timeout: timeout, retry: retry)
    }

    private func failure(_ steps: [Step]) -> PipelineError? {
        do {
            _ = try Pipeline("p", steps: steps)
            return nil
        } catch { return error as? PipelineError }
    }

    @Test func `a cycle is told with its names`() {
        let error = failure([
            step("x", [], ["0"]), step("a", ["3", "0"], ["1"]), step("b", ["1"], ["2"]), step("c", ["2"], ["3"]),
            step("d", ["3"], []),
        ])
        #expect(error?.code == .cycle)
        #expect(error?.message == "Steps wait for one another in a circle: 'a' → 'b' → 'c' → 'a'.")
        #expect(failure([step("a", ["1"], ["1"])])?.message.contains("'a' → 'a'") == true)
    }

    @Test func `work of a private type`() {
        let error = failure([Step("a", Hidden())])
        #expect(error?.code == .privateWork)
        #expect(error?.message.contains("step 'a' is of the private type 'Hidden'") == true)
    }

    @Test func `an input that nobody makes`() {
        let error = failure([step("a", [], ["words"]), step("b", ["wrods"])])
        #expect(error?.code == .unknownInput)
        #expect(error?.message.hasPrefix("Step 'b' reads 'wrods', which no step makes.") == true)
    }

    @Test func `two steps of one name`() {
        let error = failure([step("a"), step("b"), step("a")])
        #expect(error?.code == .duplicateStep)
        #expect(error?.message == "Two steps are called 'a'.")
    }

    @Test func `an output that two steps make, or one twice`() {
        let error = failure([step("a", [], ["x"]), step("b", [], ["x"])])
        #expect(error?.code == .duplicateOutput)
        #expect(error?.message == "Steps 'a' and 'b' both make 'x'.")
        #expect(failure([step("a", [], ["x", "x"])])?.message == "Step 'a' twice makes 'x'.")
    }

    @Test(arguments: ["", ".hidden", "a/b", "a b", "../x", String(repeating: "a", count: 101), "ä"])
    func `names that files should not have`(name: String) {
        #expect(failure([step(name)])?.code == .invalidName)
        #expect(failure([step("a", [], [name])])?.code == .invalidName)
        #expect(failure([step("a", [.file("/etc/hosts", as: name)])])?.code == .invalidName)
    }

    @Test func `settings out of range, and no steps at all`() {
        #expect(failure([])?.code == .noSteps)
        #expect(failure([step("a", timeout: .zero)])?.code == .invalidSetting)
        #expect(failure([step("a", retry: RetryPolicy(maximumAttempts: 0))])?.code == .invalidSetting)
        #expect(failure([step("a", retry: RetryPolicy(multiplier: .nan))])?.code == .invalidSetting)
        #expect(failure([step("a", retry: RetryPolicy(jitter: 2))])?.code == .invalidSetting)
    }

    @Test func `a thousand steps in a row and side by side`() throws {
        let chain = (0..<1000).map { step("s\($0)", $0 == 0 ? [] : [.artefact("o\($0 - 1)")], ["o\($0)"]) }
        #expect(try Pipeline("p", steps: chain.reversed()).plannedSteps.map(\.name) == chain.map(\.name))
        let fan =
            [step("join", (0..<999).map { .artefact("o\($0)") })]
            + (0..<999).map { step("s\($0)", [], ["o\($0)"]) }
        #expect(try Pipeline("p", steps: fan).plannedSteps.last?.name == "join")
    }

    @Test func `pauses grow up to their limit, and jitter moves them by its part`() {
        let policy = RetryPolicy(
            maximumAttempts: 100, initialDelay: .seconds(1), multiplier: 2, maximumDelay: .seconds(10), jitter: 0.5)
        #expect(
            [1, 2, 3, 4, 5, 99].map { policy.delay(afterAttempt: $0, random: 0.5) } == [
                .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(10), .seconds(10),
            ])
        #expect(policy.delay(afterAttempt: 1, random: 0) == .milliseconds(500))
        #expect(policy.delay(afterAttempt: 1, random: 1) == .milliseconds(1500))
    }
}
