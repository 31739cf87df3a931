import CloudPrices
import EphemeralPostgres
import Foundation
import PricePipeline

/// The repository's own samples.
let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Samples").path

/// Runs a private server that has the price tables.
func withPriceTables(_ body: (PostgresServer) async throws -> Void) async throws {
    var options = PostgresOptions()
    options.schema = [.text(PriceSchema.tables)]
    try await withPostgres(options) { try await body($0) }
}
