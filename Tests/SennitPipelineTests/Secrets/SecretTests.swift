import Foundation
import Glibc
import SennitPipeline
import Testing

struct Wants: StepWork {
    var key: Secret
    var ledger: String
    var misdeed: Misdeed = .none

    func run(in workspace: StepWorkspace) async throws {
        let value = try key.reveal()
        workspace.report(rows: Int64(value.count), message: "using \(value)")
        workspace.check("key", .warn, value: value)
        if case .lastWords = misdeed {
            try await Misdeed.lastWords("key is \(value)").commit(in: workspace, ledger: "")
        }
        throw StepFailure("the key \(value) was refused")
    }
}

@Suite(.timeLimit(.minutes(5)))
struct SecretTests {
    private let bench = Bench()

    @Test func `a secret shows its place and never its value`() throws {
        // A variable that is there: to set one while others read the environment could end the process.
        let value = try #require(ProcessEnvironment.value(of: "PATH"))
        let secret = Secret.environment("PATH")
        #expect(try secret.reveal() == value)
        var dumped = ""
        dump(secret, to: &dumped)
        let json = String(decoding: try JSONEncoder().encode(secret), as: UTF8.self)
        for text in ["\(secret)", String(reflecting: secret), dumped, json] {
            #expect(!text.contains(value))
            #expect(text.contains("PATH"))
        }
        #expect(try JSONDecoder().decode(Secret.self, from: Data(json.utf8)) == secret)
    }

    @Test func `from a file, without the white space around it`() throws {
        defer { bench.remove() }
        let path = try bench.write("  two words\n\n", to: "token")
        #expect(try Secret.file(path).reveal() == "two words")
        let missing = #expect(throws: PipelineError.self) { try Secret.file(path + ".no").reveal() }
        #expect(missing?.code == .missingSecret)
        #expect(missing?.message.contains(path + ".no") == true)
        #expect(throws: PipelineError.self) { try Secret.file(bench.write(" \n", to: "empty")).reveal() }
        #expect(throws: PipelineError.self) { try Secret.environment("SENNIT_TEST_NOT_SET").reveal() }
    }

    @Test(arguments: [Misdeed.none, .lastWords("")])
    func `what a step says about its secret is redacted everywhere`(misdeed: Misdeed) async throws {
        defer { bench.remove() }
        let path = try bench.write("hunter2-secret", to: "key")
        let pipeline = try Pipeline(
            "p",
            steps: [
                Step(
                    "wants", Wants(key: .file(path), ledger: bench.ledger, misdeed: misdeed),
                    retry: .quick)
            ])
        let notices = Notices()
        let summary = try await bench.runner().run(pipeline) { notices.take($0) }
        #expect(summary.status == .failed)
        let told = "\(notices.all) \(summary)"
        #expect(!told.contains("hunter2-secret"))
        #expect(told.contains("[redacted]"))
        let history = try Data(contentsOf: URL(fileURLWithPath: bench.layout.history))
        #expect(history.firstRange(of: Data("hunter2-secret".utf8)) == nil)
    }

    @Test func `a value that was cut off at the beginning of a text`() {
        let redactor = Redactor(values: ["swordfish", "fish", "abc"])
        #expect(redactor.redact("a swordfish, a fish") == "a [redacted], a [redacted]")
        #expect(!redactor.redact(tail: "ordfish and more").contains("fish"))
        for mark in ["\u{301}", "\u{FE0F}", "\u{200D}"] {
            #expect(redactor.redact("a\(mark)swordfish\(mark)b") == "a\(mark)[redacted]\(mark)b")
            #expect(Redactor(values: ["secret-token"]).redact(tail: "t-token\(mark)x") == "[redacted]\(mark)x")
        }
        #expect(Redactor(values: ["secret-token"]).redact(tail: "t-token: refused") == "[redacted]: refused")
        #expect(redactor.redact("abc") == "abc")
    }
}
