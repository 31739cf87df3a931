import CloudPrices
import EphemeralPostgres
import SennitPipeline

/// Where a step's server keeps its files.
enum ServerStorage: Codable, Sendable, Hashable {
    /// In memory if there is room, else on disk.
    case automatic
    case memory
    case disk
    case directory(String)

    fileprivate var option: PostgresStorage {
        switch self {
        case .automatic: .automatic
        case .memory: .memory
        case .disk: .disk
        case .directory(let path): .directory(path)
        }
    }
}

/// A server of a step's own with empty price tables, for as long as the step runs.
enum PriceDatabase {
    /// Equal rows make equal dumps, of which the next step is not run again.
    static var dump: PostgresDump {
        var dump = PostgresDump()
        dump.restrictKey = "sennit"
        return dump
    }

    /// What is the same however often a server is started.
    private static let hopeless: Set<EphemeralPostgresError.Code> = [.notInstalled, .noDirectory, .socketPathTooLong]

    /// Runs a server while the body runs.
    static func withServer<Result>(
        _ storage: ServerStorage, _ body: (PostgresServer) async throws -> Result
    ) async throws -> Result {
        var options = PostgresOptions()
        options.storage = storage.option
        options.sharedBuffersMegabytes = 128
        // Indexes are sorted in memory.
        options.settings = ["maintenance_work_mem": "128MB"]
        options.schema = [.text(PriceSchema.tables)]
        do {
            return try await withPostgres(options) { server in try await body(server) }
        } catch let error as EphemeralPostgresError where hopeless.contains(error.code) {
            throw StepFailure("\(error)")
        }
    }
}
