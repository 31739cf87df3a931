import CloudPrices
import EphemeralPostgres
import SennitPipeline

/// A server of a step's own with empty price tables, for as long as the step runs.
struct PriceDatabase: StepStorage {
    let server: PostgresServer

    static func withStorage<Result>(
        for workspace: StepWorkspace, _ body: (PriceDatabase) async throws -> Result
    ) async throws -> Result {
        var options = PostgresOptions()
        options.sharedBuffersMegabytes = 128
        options.schema = [.text(PriceSchema.tables)]
        return try await withPostgres(options) { server in try await body(PriceDatabase(server: server)) }
    }
}
