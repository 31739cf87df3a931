import GRDB
import Synchronization

/// The connections of one store: one that writes, and some that read beside it.
final class StoreConnection: Sendable {
    let path: String
    let busyTimeout: Duration
    private let pool: DatabasePool
    private let writer: Mutex<WriterBox?>

    /// Holds the writer's statements.
    ///
    /// Unchecked: what is inside is only touched inside of access to the writing connection, which is serial; the lock
    /// around the box only guards that it is there.
    private final class WriterBox: @unchecked Sendable {
        let appends: AppendWriter

        init(_ appends: AppendWriter) { self.appends = appends }
    }

    static func open(at path: String, options: EventStoreOptions) throws -> StoreConnection {
        do {
            return try StoreConnection(opening: path, options)
        } catch {
            throw StorageFailure.explain(error, path: path)
        }
    }

    private init(opening path: String, _ options: EventStoreOptions) throws {
        self.path = path
        busyTimeout = options.busyTimeout
        var configuration = Configuration()
        configuration.label = "EventStore"
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            // Before the first page is written; nothing happens in a file that has pages already.
            try db.execute(sql: "PRAGMA page_size = \(Self.pageSize)")
            try db.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.checkpointPages)")
        }
        pool = try DatabasePool(path: path, configuration: configuration)
        let appends = try pool.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                try StoreFormat.prepare(db, path: path)
                return .commit
            }
            // Opening a pool sets its own mode.
            try db.execute(sql: "PRAGMA synchronous = \(options.durability == .full ? "FULL" : "NORMAL")")
            // From here on, waiting for other processes is done outside of the connection; see `write`.
            try db.execute(sql: "PRAGMA busy_timeout = 2")
            return WriterBox(try AppendWriter(db))
        }
        writer = Mutex(appends)
    }

    /// Small pages: each transaction writes whole pages to the log, and most events are small.
    private static let pageSize = 1024
    /// About 10 MB of log between checkpoints.
    private static let checkpointPages = 10_000

    /// Reads at one point in time, beside writers.
    func read<T>(_ body: (Database) throws -> T) throws -> T {
        do {
            return try pool.read(body)
        } catch {
            throw StorageFailure.explain(error, path: path)
        }
    }

    /// Writes appends; waits while other processes write.
    func append(_ group: [AppendRequest]) async throws -> [Result<AppendResult, any Error>] {
        try await patiently { [self] in
            try withWriter { _, appends in try appends.write(group) }
        }
    }

    /// Writes in one transaction; waits while other processes write.
    func write<T>(_ body: (Database, AppendWriter) throws -> T) async throws -> T {
        try await patiently { [self] in
            try withWriter { db, appends in
                var result: T?
                do {
                    try db.inTransaction(.immediate) {
                        result = try body(db, appends)
                        return .commit
                    }
                } catch {
                    appends.withNames { $0.forget() }
                    throw error
                }
                guard let result else { throw closed }
                return result
            }
        }
    }

    /// Writes the file anew without its holes.
    func compact() async throws {
        try await patiently { [self] in
            try withWriter { db, _ in
                try db.execute(sql: "VACUUM")
                // While others read, the log stays as long as it is; the next checkpoint shortens it.
                _ = try? db.checkpoint(.truncate)
            }
        }
    }

    private func withWriter<T>(_ body: (Database, AppendWriter) throws -> T) throws -> T {
        try pool.writeWithoutTransaction { db in
            guard let box = writer.withLock({ $0 }) else { throw closed }
            return try body(db, box.appends)
        }
    }

    private var closed: EventStoreError { EventStoreError(.closed, "The store at '\(path)' is closed.") }

    /// Tries again while others have the database locked, without holding a thread meanwhile.
    private func patiently<T>(_ attempt: () throws -> T) async throws -> T {
        var pause = Duration.microseconds(200)
        var start: ContinuousClock.Instant?
        while true {
            do {
                return try attempt()
            } catch  where StorageFailure.isBusy(error) {
                let began = start ?? .now
                start = began
                guard began.duration(to: .now) < busyTimeout else { throw StorageFailure.explain(error, path: path) }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(20))
            } catch {
                throw StorageFailure.explain(error, path: path)
            }
        }
    }

    /// Waits for what is going on, writes the log back into the file and closes it.
    ///
    /// Safe to repeat.
    func close() throws {
        // The statements have to be gone before their connection, and nobody may be using them.
        let wasOpen = pool.writeWithoutTransaction { _ in writer.withLock { $0.take() } != nil }
        guard wasOpen else { return }
        do {
            try pool.close()
        } catch {
            throw StorageFailure.explain(error, path: path)
        }
    }
}
