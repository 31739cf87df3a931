import ByteText
package import Sennit

/// Something that a step reads.
public struct StepInput: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name under which the step asks for it.
    public let name: String
    /// Where a file that no step makes lies; nil for an artefact.
    public let path: String?

    private init(name: String, path: String?) {
        self.name = name
        self.path = path
    }

    /// An artefact that another step of the pipeline makes.
    public static func artefact(_ name: String) -> StepInput { StepInput(name: name, path: nil) }

    /// A file that no step makes; the step runs again when its bytes change.
    ///
    /// - Parameters:
    ///   - path: Where it lies.
    ///   - name: The name under which the step asks for it; the last part of the path unless said otherwise.
    /// - Returns: The input.
    public static func file(_ path: String, as name: String? = nil) -> StepInput {
        StepInput(name: name ?? path.bytes.parts(at: "/").last { !$0.isEmpty }?.string ?? "", path: path)
    }

    /// An artefact.
    public init(stringLiteral name: String) { self.init(name: name, path: nil) }

    /// The name.
    public var description: String { name }
}

/// One step of a pipeline: work, what it reads and what it makes.
public struct Step: Sendable {
    /// The step's name, unique in its pipeline: letters, digits, `.`, `_` and `-`.
    public let name: String
    /// What it does, in one line, for lists.
    public var summary: String
    /// What it reads.
    public let inputs: [StepInput]
    /// The names of the artefacts that it makes, each unique in the pipeline.
    public let outputs: [String]
    /// Steps that must have ended well before this one, although it reads nothing of theirs.
    public let predecessors: [String]
    /// The parameters of the pipeline that it reads, by name: their values are part of what decides whether it runs
    /// again, and those of others are not.
    public let parameters: [String]
    /// How long one attempt may run; nil for as long as it likes.
    ///
    /// Past it the worker is ended.
    public var timeout: Duration?
    /// How often it is tried.
    public var retry: RetryPolicy
    /// How much memory its worker process may have resident, in bytes; nil for as much as there is.
    ///
    /// It is looked at forty times a second, and past it the worker is ended. What other programs have that the step
    /// starts does not count; shared memory does.
    public var memoryLimit: Int64?
    /// A limit over all runs that it shares with others; nil for none.
    public var limit: StepLimit?
    /// Whether its outputs may be taken from an earlier run with the same inputs, code version and configuration.
    public var isCached: Bool
    /// Names the version of the step's code; to be changed with the code.
    ///
    /// Unless given, it changes with every build
    /// of the program.
    public var codeVersion: String?

    package let workType: String
    /// Whether a worker can find the work's type by its name.
    let isNameable: Bool
    package let configuration: @Sendable () throws -> StepConfigurationText
    package let submit:
        @Sendable (ProcessThreadPool<NoContext>, StepAssignment, TaskOptions) async throws -> TaskHandle<StepReport>

    /// Declares a step; `Pipeline` checks it.
    ///
    /// - Parameters:
    ///   - name: Unique in the pipeline.
    ///   - work: What it does; a copy of it travels to the worker.
    ///   - summary: What it does, in one line.
    ///   - inputs: What it reads; a string is the name of an artefact.
    ///   - outputs: The names of the artefacts that it makes.
    ///   - predecessors: Steps that must have ended well before, although it reads nothing of theirs.
    ///   - timeout: How long one attempt may run.
    ///   - retry: How often it is tried.
    ///   - isCached: Whether earlier outputs may be taken.
    ///   - codeVersion: The version of the step's code.
    ///   - parameters: The parameters of the pipeline that it reads.
    ///   - limit: A limit over all runs that it shares with others.
    ///   - memoryLimit: How much memory its worker process may have resident, in bytes.
    public init(
        _ name: String, _ work: some StepWork, summary: String = "", inputs: [StepInput] = [], outputs: [String] = [],
        after predecessors: [String] = [], timeout: Duration? = nil, retry: RetryPolicy = .standard,
        isCached: Bool = true, codeVersion: String? = nil, parameters: [String] = [],
        limit: StepLimit? = nil, memoryLimit: Int64? = nil
    ) {
        self.name = name
        self.summary = summary
        self.inputs = inputs
        self.outputs = outputs
        self.predecessors = predecessors
        self.parameters = parameters
        self.limit = limit
        self.memoryLimit = memoryLimit
        self.timeout = timeout
        self.retry = retry
        self.isCached = isCached
        self.codeVersion = codeVersion
        workType = "\(type(of: work))"
        isNameable = Step.isNameable(work)
        configuration = { try StepConfigurationText(of: work) }
        submit = { pool, assignment, options in
            try await pool.submit(StepTask(work: work, assignment: assignment), options: options)
        }
    }

    private static func isNameable<Work: StepWork>(_ work: Work) -> Bool {
        (try? TypeReference(StepTask<Work>.self)) != nil
    }

    /// What the step's code counts as for the cache.
    package var effectiveCodeVersion: String { codeVersion ?? BuildIdentity.text }
}
