import GRDB

/// Says what an error of the database means.
enum StorageFailure {
    /// The error in this module's words; errors of its own and of callers stay what they are.
    static func explain(_ error: any Error, path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return EventStoreError(
                .corrupted, "'\(path)' is damaged or no database. Move it away, and bring back what an export has.",
                cause: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return EventStoreError(
                .busy, "Others have '\(path)' locked. Try again, or raise the store's busy timeout.", cause: error)
        case .SQLITE_FULL:
            return EventStoreError(
                .storageFailed, "No space is left for '\(path)'. Free some, and try again.", cause: error)
        case .SQLITE_MISUSE, .SQLITE_ABORT:
            return EventStoreError(.closed, "The store at '\(path)' is closed.", cause: error)
        case .SQLITE_CANTOPEN:
            return EventStoreError(
                .storageFailed, "'\(path)' cannot be opened. Does its folder exist, and may it be written?",
                cause: error)
        default:
            return EventStoreError(.storageFailed, "The database at '\(path)' refused.", cause: error)
        }
    }

    static func isBusy(_ error: any Error) -> Bool {
        (error as? DatabaseError).map { [.SQLITE_BUSY, .SQLITE_LOCKED].contains($0.resultCode) } ?? false
    }
}
