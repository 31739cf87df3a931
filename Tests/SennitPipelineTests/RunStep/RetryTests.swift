import Foundation
import Sennit
import SennitPipeline
import Testing

/// An error that says itself what it is.
struct Busy: RetryableError, Codable {
    var isTransient = true
    var retryDelay: Duration? = .milliseconds(1)
    var failureKind: StepFailureRecord.Kind { .network }
}

/// Throws what it is told to.
struct Throw: StepWork {
    enum Kind: String, Codable { case busy, hopeless, decoding, refused, trap }

    var kind: Kind
    var ledger: String

    func run(in workspace: StepWorkspace) async throws {
        sign(ledger, "try")
        switch kind {
        case .busy: throw Busy()
        case .hopeless: throw Busy(isTransient: false)
        case .decoding: _ = try JSONDecoder().decode([Int].self, from: Data("{".utf8))
        case .refused: throw SystemError(code: 111, operation: "connect")
        case .trap: fatalError("done for")
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct RetryTests {
    private let bench = Bench()

    private func failure(_ kind: StepFailureRecord.Kind, type: String? = nil, permanent: Bool = false)
        -> StepFailureRecord
    {
        var failure = StepFailureRecord(kind: kind, message: "", isPermanent: permanent)
        failure.errorType = type
        return failure
    }

    @Test func `a policy decides by kind and by type`() {
        let standard = RetryPolicy.standard
        #expect(standard.retries(failure(.thrown)) && standard.retries(failure(.workerDied)))
        #expect(!standard.retries(failure(.thrown, permanent: true)))
        #expect(!standard.retries(failure(.memoryExceeded)))
        #expect(standard.on(.memoryExceeded).retries(failure(.memoryExceeded)))
        let some = standard.on(.network, .timedOut)
        #expect(some.retries(failure(.network)) && some.retries(failure(.timedOut)))
        #expect(!some.retries(failure(.thrown)) && !some.retries(failure(.workerDied)))
        let but = standard.never(for: .error("DecodingError"), .workerDied)
        #expect(but.retries(failure(.thrown, type: "URLError")))
        #expect(!but.retries(failure(.thrown, type: "DecodingError")) && !but.retries(failure(.workerDied)))
        #expect(!standard.on(.network).never(for: .network).retries(failure(.network)))
    }

    @Test func `a server's own pause is kept, and bounded`() throws {
        var busy = failure(.network)
        busy.retryDelayMilliseconds = 5000
        var driver = try MachineDriver([StepShape(name: "a", inputs: [], outputs: [])], policy: .quick)
        driver.run { _, attempt in attempt < 3 ? .failed(busy, checks: []) : .finished(StepReport(), milliseconds: 1) }
        #expect(driver.pauses == [.seconds(5), .seconds(5)])
    }

    @Test(arguments: [
        (Throw.Kind.busy, RetryPolicy.quick, 3, StepFailureRecord.Kind.network), (.hopeless, .quick, 1, .network),
        (.refused, .quick.on(.network), 3, .network), (.refused, .quick.on(.timedOut), 1, .network),
        (.decoding, .quick, 3, .thrown), (.decoding, .quick.never(for: .error("DecodingError")), 1, .thrown),
        (.trap, .quick.never(for: .workerDied), 1, .workerDied),
    ])
    func `what is thrown in a worker process is tried again as the policy says`(
        kind: Throw.Kind, policy: RetryPolicy, attempts: Int, found: StepFailureRecord.Kind
    ) async throws {
        defer { bench.remove() }
        let pipeline = try Pipeline("p", steps: [Step("a", Throw(kind: kind, ledger: bench.ledger), retry: policy)])
        let summary = try await bench.runner().run(pipeline)
        #expect(bench.begun["try"] == attempts)
        #expect(summary.steps[0].failure?.kind == found)
    }

    @Test func `the configuration says it in words, and a wrong one is told`() throws {
        let text = "steps: {count: {retry: [network, workerDied], neverRetry: [DecodingError], memory: 512 MB}}"
        let words = try PipelineDeclaration(bench.words("a")).make(PipelineConfiguration(text: text))
        #expect(words.steps[1].retry.conditions == [.network, .workerDied])
        #expect(words.steps[1].retry.exceptions == [.error("DecodingError")])
        #expect(words.steps[1].memoryLimit == 512_000_000)
        let error = #expect(throws: PipelineError.self) {
            _ = try PipelineDeclaration(bench.words("a")).make(
                PipelineConfiguration(text: "steps: {count: {retry: [netwrok]}}"))
        }
        #expect(error?.message.contains("Did you mean 'network'?") == true, "\(error?.message ?? "")")
    }
}
