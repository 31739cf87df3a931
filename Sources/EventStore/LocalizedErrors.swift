public import Foundation

extension EventStoreError: LocalizedError {
    /// The error's own description, which `localizedDescription` shows.
    public var errorDescription: String? { description }
}

extension VersionConflict: LocalizedError {
    /// The error's own description, which `localizedDescription` shows.
    public var errorDescription: String? { description }
}

extension CommandConflict: LocalizedError {
    /// The error's own description, which `localizedDescription` shows.
    public var errorDescription: String? { description }
}
