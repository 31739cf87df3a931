/// What a worker must know to run one attempt of a step, beside the work itself.
package struct StepAssignment: Codable, Sendable, Hashable {
    /// A file that the step reads.
    package struct Input: Codable, Sendable, Hashable {
        package var name: String
        package var path: String
        /// What its bytes must be; nil for files that are taken as they are.
        package var artefact: ArtefactReference?

        package init(name: String, path: String, artefact: ArtefactReference? = nil) {
            self.name = name
            self.path = path
            self.artefact = artefact
        }
    }

    package var step: String
    /// A directory for this attempt alone; the worker makes it and removes it.
    package var directory: String
    package var inputs: [Input]
    package var outputs: [String]
    /// Where outputs go.
    package var store: ArtefactStore
    /// What a step that runs alone was given; nil in a run.
    package var fixture: String?
    /// The directory of the store that stays from run to run; nil for a step that runs alone.
    package var state: String?
    /// How much memory the worker may have resident; nil for no limit.
    package var memoryLimit: Int64?
    /// The values of the parameters that the step reads.
    package var parameters: [String: ParameterValue] = [:]

    package init(step: String, directory: String, inputs: [Input], outputs: [String], store: ArtefactStore) {
        self.step = step
        self.directory = directory
        self.inputs = inputs
        self.outputs = outputs
        self.store = store
    }
}

/// What a worker says after an attempt that it has lived through.
package struct StepReport: Codable, Sendable, Hashable {
    /// The outputs, all in the store; empty after a failure.
    package var artefacts: [ArtefactReference] = []
    /// The rows that the step reported last.
    package var rows: Int64?
    /// The checks that it made.
    package var checks: [CheckReport] = []
    /// Inputs whose bytes are not what was published.
    package var damagedInputs: [String] = []
    /// Why it failed, if it did.
    package var failure: StepFailureRecord?

    package init() {}
}

/// The outcome of one check, on its way to the history.
package struct CheckReport: Codable, Sendable, Hashable {
    package var name: String
    package var outcome: CheckOutcome
    package var value: String?
    package var message: String?
}
