import CloudPrices
import EphemeralPostgres
import SennitPipeline

/// A server of a step's own with empty price tables, for as long as the step runs.
struct PriceDatabase: StepStorage {
    let server: PostgresServer

    /// Equal rows make equal dumps, of which the next step is not run again.
    static var dump: PostgresDump {
        var dump = PostgresDump()
        dump.restrictKey = "sennit"
        return dump
    }

    static func withStorage<Result>(
        for workspace: StepWorkspace, _ body: (PriceDatabase) async throws -> Result
    ) async throws -> Result {
        var options = PostgresOptions()
        options.sharedBuffersMegabytes = 128
        // Groups of 120,000 prices are counted in memory.
        options.settings = ["work_mem": "64MB", "maintenance_work_mem": "128MB"]
        options.schema = [.text(PriceSchema.tables)]
        return try await withPostgres(options) { server in try await body(PriceDatabase(server: server)) }
    }
}
