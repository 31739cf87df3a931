internal import Sennit
internal import Synchronization

/// What a running step has around it: a directory of its own, its inputs, the places of its outputs, and the means to
/// report.
public final class StepWorkspace: Sendable {
    private struct State {
        /// What was reported last; nil while nothing was.
        var progress: StepProgress?
        /// Whether rows were among it.
        var countsRows = false
        var checks: [CheckReport] = []
    }

    /// The step's name.
    public let step: String

    /// A directory for this attempt alone, for whatever the step likes; it is removed afterwards.
    public let directory: String

    /// The directory that a step which runs alone was given in place of what other steps make; nil in a run.
    ///
    /// It may hold more than the inputs that the step declares, such as a copy of what the step otherwise fetches.
    public let fixture: String?

    /// A directory that stays from run to run, for what a pipeline remembers, such as earlier measurements; nil for a
    /// step that runs alone.
    ///
    /// It is shared by all steps of all pipelines of the store, also at the same time. What is in it is no input that
    /// decides whether a step runs again.
    public let stateDirectory: String?

    /// The values of the parameters that the step declares, by name.
    public let parameters: [String: ParameterValue]

    private let inputPaths: [String: String]
    private let outputs: [String]
    private let state = Mutex(State())

    init(_ assignment: StepAssignment) {
        step = assignment.step
        directory = "\(assignment.directory)/scratch"
        fixture = assignment.fixture
        stateDirectory = assignment.state
        parameters = assignment.parameters
        inputPaths = Dictionary(
            assignment.inputs.map { ($0.name, "\(assignment.directory)/inputs/\($0.name)") },
            uniquingKeysWith: { first, _ in first })
        outputs = assignment.outputs
        outputFolder = "\(assignment.directory)/outputs"
    }

    private let outputFolder: String

    /// The names of the inputs, in alphabetical order.
    public var inputNames: [String] { inputPaths.keys.sorted() }

    /// Where an input lies.
    ///
    /// The file must not be changed.
    ///
    /// - Parameter name: The name of an artefact or a file that the step declares as an input.
    /// - Returns: The path of the file.
    /// - Throws: ``StepFailure`` for any other name.
    public func input(_ name: String) throws -> String {
        if let path = inputPaths[name] { return path }
        throw StepFailure("Step '\(step)' has asked for '\(name)', which is not among its inputs: \(inputNames).")
    }

    /// Where an output is to be written.
    ///
    /// It is published, whole, when the step has ended well, and dropped if not.
    ///
    /// - Parameter name: The name of an artefact that the step declares as an output.
    /// - Returns: The path at which the step makes the file.
    /// - Throws: ``StepFailure`` for any other name.
    public func output(_ name: String) throws -> String {
        if outputs.contains(name) { return "\(outputFolder)/\(name)" }
        throw StepFailure("Step '\(step)' has asked to write '\(name)', which is not among its outputs: \(outputs).")
    }

    /// The value of a parameter.
    ///
    /// ```swift
    /// let day: CalendarDate = try workspace.parameter("day")
    /// ```
    ///
    /// - Parameters:
    ///   - name: The name of a parameter that the step declares.
    ///   - type: As what it is read: `String` for any parameter, else the type that it has.
    /// - Returns: The value.
    /// - Throws: ``StepFailure`` for any other name, and for a type that the value does not have.
    public func parameter<Value: ParameterReadable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        guard let value = parameters[name] else {
            throw StepFailure(
                "Step '\(step)' has asked for parameter '\(name)', which is not among those that it declares: "
                    + "\(parameters.keys.sorted()). Name it in the step's 'parameters:'.")
        }
        guard let read = Value(parameter: value) else {
            throw StepFailure("Step '\(step)' has asked for parameter '\(name)' as \(type), but it is '\(value.text)'.")
        }
        return read
    }

    /// Tells how far the step has come; the last number of rows is also kept in the history.
    ///
    /// Costs well under a microsecond and never waits; the latest report wins.
    public func report(_ progress: StepProgress) {
        state.withLock { state in
            state.progress = progress
            state.countsRows = true
        }
        TaskContext.current?.report(ProgressMessage.pack(progress))
    }

    /// Tells how far the step has come; see ``report(_:)``.
    ///
    /// Numbers that are not given stay as they were reported last: a message alone takes nothing back.
    ///
    /// - Parameters:
    ///   - rows: Rows, or other units of the step's own, that are done.
    ///   - totalRows: How many there will be, if that is known.
    ///   - bytes: Bytes that are read or written.
    ///   - totalBytes: How many there will be, if that is known.
    ///   - message: What the step is doing, in a few words.
    public func report(
        rows: Int64? = nil, totalRows: Int64? = nil, bytes: Int64? = nil, totalBytes: Int64? = nil,
        message: String = ""
    ) {
        let progress = state.withLock { state in
            var progress = state.progress ?? StepProgress()
            progress.rows = rows ?? progress.rows
            progress.totalRows = totalRows ?? progress.totalRows
            progress.bytes = bytes ?? progress.bytes
            progress.totalBytes = totalBytes ?? progress.totalBytes
            progress.message = message
            state.progress = progress
            if rows != nil { state.countsRows = true }
            return progress
        }
        TaskContext.current?.report(ProgressMessage.pack(progress))
    }

    /// Records the outcome of a data check.
    ///
    /// After a check that fails or cannot be made, nothing of the step is published, and the step is not tried again.
    ///
    /// - Parameters:
    ///   - name: What the check is called.
    ///   - outcome: What came of it.
    ///   - value: The value that was measured, as text.
    ///   - message: What is wrong, in words, when something is.
    public func check(_ name: String, _ outcome: CheckOutcome, value: String? = nil, message: String? = nil) {
        state.withLock {
            $0.checks.append(CheckReport(name: name, outcome: outcome, value: value, message: message))
        }
    }

    /// The rows that were reported last; nil if none ever were.
    var rows: Int64? { state.withLock { $0.countsRows ? $0.progress?.rows : nil } }

    /// The checks so far.
    var checks: [CheckReport] { state.withLock { $0.checks } }
}
