import CloudPrices
import Foundation
import ObjectStorage
import SennitPipeline

/// Puts the checked dumps where others fetch them, and takes old ones away.
struct PublishStep: StepWork {
    var providers: [CloudProvider]
    /// A folder or an `s3://` address.
    var location: String
    /// Where an S3-compatible service is; nil is Amazon's.
    var endpoint: String?
    /// The region of the bucket; nil for what the environment says.
    var region: String?
    /// The key to it; only where it is kept counts for the cache.
    var key: Secret?
    var weeks = 12

    static let listName = "published.json"

    func run(in workspace: StepWorkspace) async throws {
        do {
            try await publish(in: workspace)
        } catch let error as PublicationError {
            throw StepFailure("\(error)")
        } catch let error as StorageError where [.invalidCredentials, .invalidLocation].contains(error.code) {
            throw StepFailure("\(error)")
        }
    }

    private func publish(in workspace: StepWorkspace) async throws {
        let storage = try StorageOpening.storage(
            location, endpoint: endpoint, region: region, key: try key?.reveal())
        let publisher = DumpPublisher(storage, scratch: workspace.directory)
        let now = Int64(Date().timeIntervalSince1970)
        let manifests = try await publishAll(by: publisher, at: now, to: storage.place, workspace)
        try JSONFile.write(manifests, to: workspace.output(Self.listName))
        do {
            _ = try await publisher.deleteOld(DumpRetention(weeks: weeks), now: now)
        } catch let error as StorageError {
            // The dumps are published: what is left of old ones is no reason to take them back.
            workspace.check("old dumps deleted", .warn, message: "\(error)")
        }
    }

    /// Publishes the dumps of all providers, or of none.
    private func publishAll(
        by publisher: DumpPublisher, at now: Int64, to place: String, _ workspace: StepWorkspace
    ) async throws -> [DumpManifest] {
        var manifests: [DumpManifest] = []
        do {
            for provider in providers {
                let report = try JSONFile.read(
                    ProviderReport.self, from: workspace.input(ProviderStep.reportName(provider)))
                let dump = try workspace.input(ProviderStep.dumpName(provider))
                workspace.report(rows: Int64(manifests.count), message: "\(provider) to \(place)")
                manifests.append(
                    try await publisher.publish(
                        dump, as: DumpName(provider: provider, created: now), rows: report.rows,
                        checks: report.outcome))
            }
        } catch {
            for manifest in manifests {
                await publisher.withdraw(DumpName(provider: manifest.provider, created: now))
            }
            throw error
        }
        return manifests
    }
}
