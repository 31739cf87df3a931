public import Foundation

extension PipelineError: LocalizedError {
    /// The error's own description, which `localizedDescription` shows.
    public var errorDescription: String? { description }
}

extension StepFailure: LocalizedError {
    /// The error's own description, which `localizedDescription` shows.
    public var errorDescription: String? { description }
}
