public import Foundation

extension CheckProblem: LocalizedError {
    /// The error's own description, which `localizedDescription` shows.
    public var errorDescription: String? { description }
}
