/// A pipeline, a run or a file of either is not as it must be.
public struct PipelineError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is; an open set, to be compared and not to be switched over exhaustively.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidName, noSteps, duplicateStep, duplicateOutput, unknownInput, cycle, invalidSetting
            case unknownPipeline, unknownStep, unknownRun, runIsActive, pipelineChanged, nothingToResume
            case missingArtefact, missingFixture, missingSecret, invalidConfiguration, storeUnavailable, historyFailed
            case encodingFailed, privateWork
            case unknownParameter, invalidParameter, missingParameter, invalidPartition, invalidTag
        }

        private let kind: Kind

        /// The name of the code.
        public var description: String { kind.rawValue }

        /// A name is empty, too long, or has characters that file names should not have.
        public static let invalidName = Code(kind: .invalidName)
        /// A pipeline has no steps.
        public static let noSteps = Code(kind: .noSteps)
        /// Two steps have one name.
        public static let duplicateStep = Code(kind: .duplicateStep)
        /// Two steps, or one step twice, make an artefact of one name.
        public static let duplicateOutput = Code(kind: .duplicateOutput)
        /// A step reads an artefact that no step makes.
        public static let unknownInput = Code(kind: .unknownInput)
        /// Steps wait for one another in a circle.
        public static let cycle = Code(kind: .cycle)
        /// A time or a count is out of range.
        public static let invalidSetting = Code(kind: .invalidSetting)
        /// No pipeline has that name.
        public static let unknownPipeline = Code(kind: .unknownPipeline)
        /// No step has that name.
        public static let unknownStep = Code(kind: .unknownStep)
        /// The history has no such run.
        public static let unknownRun = Code(kind: .unknownRun)
        /// Another process runs it at this moment.
        public static let runIsActive = Code(kind: .runIsActive)
        /// The run was made with other steps than the pipeline has now.
        public static let pipelineChanged = Code(kind: .pipelineChanged)
        /// The run has ended well.
        public static let nothingToResume = Code(kind: .nothingToResume)
        /// An artefact that is needed has not been made yet.
        public static let missingArtefact = Code(kind: .missingArtefact)
        /// A fixture directory lacks an input.
        public static let missingFixture = Code(kind: .missingFixture)
        /// A secret is not where it should be.
        public static let missingSecret = Code(kind: .missingSecret)
        /// A configuration file does not say what it should.
        public static let invalidConfiguration = Code(kind: .invalidConfiguration)
        /// The store's directory cannot be used.
        public static let storeUnavailable = Code(kind: .storeUnavailable)
        /// The history cannot be read or written.
        public static let historyFailed = Code(kind: .historyFailed)
        /// A worker cannot find the type of a step's work by its name.
        public static let privateWork = Code(kind: .privateWork)
        /// A step's configuration cannot be encoded.
        public static let encodingFailed = Code(kind: .encodingFailed)
        /// No parameter has that name.
        public static let unknownParameter = Code(kind: .unknownParameter)
        /// A parameter's value or declaration is not as it must be.
        public static let invalidParameter = Code(kind: .invalidParameter)
        /// A parameter has neither a value nor a default.
        public static let missingParameter = Code(kind: .missingParameter)
        /// There is no such partition, or there are too many.
        public static let invalidPartition = Code(kind: .invalidPartition)
        /// A tag's name or value is not as it must be, or there are too many.
        public static let invalidTag = Code(kind: .invalidTag)
    }

    /// What kind of failure it is.
    public let code: Code

    /// What happened, with names, and the way out where there is one.
    public let message: String

    /// The error behind it, if there is one.
    public let cause: (any Error)?

    /// Makes an error.
    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The message and the cause.
    public var description: String { cause.map { "\(message) Cause: \($0)" } ?? message }
}
