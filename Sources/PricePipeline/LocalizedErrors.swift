public import Foundation

extension PublicationError: LocalizedError {
    /// The error's own description, which `localizedDescription` shows.
    public var errorDescription: String? { description }
}

extension DumpRowsError: LocalizedError {
    /// The error's own description, which `localizedDescription` shows.
    public var errorDescription: String? { description }
}
