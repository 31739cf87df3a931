import Foundation
import Glibc
import SennitPipeline

/// A directory for one test, with a store in it and a ledger in which every attempt of every step signs.
struct Bench {
    let directory: String

    init() {
        let base = NSTemporaryDirectory()
        directory = "\(base.hasSuffix("/") ? String(base.dropLast()) : base)/sennit-pipeline-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    init(at directory: String) { self.directory = directory }

    var store: String { "\(directory)/store" }
    var layout: StoreLayout { StoreLayout(root: store) }
    var ledger: String { "\(directory)/ledger" }

    /// How often each step was begun.
    var begun: [String: Int] {
        let text = (try? String(contentsOfFile: ledger, encoding: .utf8)) ?? ""
        return Dictionary(text.split(separator: "\n").map { (String($0), 1) }, uniquingKeysWith: +)
    }

    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: "\(directory)/\(name)", atomically: true, encoding: .utf8)
        return "\(directory)/\(name)"
    }

    func text(of artefact: ArtefactReference?) throws -> String? {
        try artefact.map { try String(contentsOfFile: layout.artefacts.path(of: $0.hash), encoding: .utf8) }
    }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }

    func runner(parallel: Int = 2) -> PipelineRunner {
        PipelineRunner(store: store, maximumParallelSteps: parallel, cancellationPatience: .milliseconds(200))
    }

    /// Splits a text into words, counts and sorts them side by side, and joins the two.
    func words(
        _ text: String, counting: Misdeed = .none, retry: RetryPolicy = .quick, timeout: Duration? = nil,
        cached: Bool = true
    ) throws -> Pipeline {
        try Pipeline(
            "words",
            steps: [
                Step(
                    "split", Split(text: text, ledger: ledger), outputs: ["words"], isCached: cached,
                    codeVersion: "1"),
                Step(
                    "count", Count(misdeed: counting, ledger: ledger), inputs: ["words"], outputs: ["counts"],
                    timeout: timeout, retry: retry, isCached: cached, codeVersion: "1"),
                Step(
                    "sort", Sort(ledger: ledger), inputs: ["words"], outputs: ["sorted"], isCached: cached,
                    codeVersion: "1"),
                Step(
                    "join", Join(ledger: ledger), inputs: ["counts", "sorted"], outputs: ["report"],
                    isCached: cached, codeVersion: "1"),
            ])
    }

    static let sample = "b a c a"
    static let report = "4 words\na\na\nb\nc"
}

extension RetryPolicy {
    static let quick = RetryPolicy(initialDelay: .milliseconds(1), maximumDelay: .milliseconds(2))
}

extension StepWork {
    /// Signs in the ledger, whole lines from several processes.
    func sign(_ ledger: String, _ step: String) {
        let file = unsafe open(ledger, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        let line = Array("\(step)\n".utf8)
        _ = unsafe write(file, line, line.count)
        close(file)
    }

    func read(_ name: String, _ workspace: StepWorkspace) throws -> String {
        try String(contentsOfFile: try workspace.input(name), encoding: .utf8)
    }

    func publish(_ text: String, as name: String, _ workspace: StepWorkspace) throws {
        try text.write(toFile: try workspace.output(name), atomically: false, encoding: .utf8)
    }
}

struct Split: StepWork {
    var text: String
    var ledger: String

    func run(in workspace: StepWorkspace) async throws {
        sign(ledger, "split")
        let words = text.split(separator: " ")
        try publish(words.joined(separator: "\n"), as: "words", workspace)
        workspace.report(rows: Int64(words.count), totalRows: Int64(words.count), bytes: 7, message: "splitting")
    }
}

struct Count: StepWork {
    var misdeed: Misdeed
    var ledger: String

    func run(in workspace: StepWorkspace) async throws {
        sign(ledger, "count")
        let count = try read("words", workspace).split(separator: "\n").count
        try await misdeed.commit(in: workspace, ledger: ledger)
        try publish("\(count) words", as: "counts", workspace)
        workspace.report(rows: Int64(count))
    }
}

struct Sort: StepWork {
    var ledger: String

    func run(in workspace: StepWorkspace) async throws {
        sign(ledger, "sort")
        let words = try read("words", workspace).split(separator: "\n").sorted()
        try publish(words.joined(separator: "\n"), as: "sorted", workspace)
        workspace.report(rows: Int64(words.count))
    }
}

struct Join: StepWork {
    var ledger: String

    func run(in workspace: StepWorkspace) async throws {
        sign(ledger, "join")
        try publish(try read("counts", workspace) + "\n" + read("sorted", workspace), as: "report", workspace)
    }
}

/// What a step may do wrong.
enum Misdeed: Codable, Sendable, Hashable {
    case none
    case throwError
    case trap
    case hang
    case killItself
    /// Kills its own process in the first attempt only.
    case killItselfOnce
    /// Says something on standard error and dies.
    case lastWords(String)
    case writeNothing
    case failCheck
    case hangUntilCancelled

    func commit(in workspace: StepWorkspace, ledger: String) async throws {
        switch self {
        case .none: break
        case .throwError: throw CocoaError(.fileReadCorruptFile)
        case .trap: fatalError("the step is done for")
        case .hang: while true { pause() }
        case .killItself: kill(getpid(), SIGKILL)
        case .killItselfOnce: if Bench.isFirst(ledger) { kill(getpid(), SIGKILL) }
        case .lastWords(let words):
            FileHandle.standardError.write(Data((words + "\n").utf8))
            kill(getpid(), SIGKILL)
        case .writeNothing: throw StepFailure("nothing to write", isPermanent: true)
        case .failCheck:
            workspace.check("row_count > 0", .pass, value: "4")
            workspace.check("no_duplicates", .fail, value: "1", message: "'a' is there twice")
        case .hangUntilCancelled:
            workspace.report(rows: 1, message: "hanging")
            while !Task.isCancelled { await Task.yield() }
            try Task.checkCancellation()
        }
    }
}

extension Bench {
    /// Whether 'count' has been begun once so far.
    static func isFirst(_ ledger: String) -> Bool {
        Bench(at: String(ledger.dropLast("/ledger".count))).begun["count"] == 1
    }
}
