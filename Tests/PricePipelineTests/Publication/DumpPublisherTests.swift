import CloudPrices
import DataChecks
import Foundation
import ObjectStorage
import PricePipeline
import Testing

struct DumpPublisherTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "publish-\(UUID())").path
    private static let now: Int64 = 1_795_521_600

    private func dump() throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/dump.sql"
        try Data("COPY".utf8).write(to: URL(filePath: path))
        return path
    }

    @Test func `a checked dump lies beside what is known of it`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let storage = FolderStorage("\(folder)/out")
        let publisher = DumpPublisher(storage, scratch: folder)
        let manifest = try await publisher.publish(
            dump(), as: DumpName(provider: .aws, created: Self.now), rows: 3, checks: .warn)
        #expect(manifest.byteCount == 4 && manifest.isGood)
        #expect(manifest.sha256 == "dc26bc50abf8ce9cf2d137c98479bb8dbfd0a7f3c7f96a30d60fe49d984d7d42")
        let keys = try await storage.list(prefix: "").map(\.key.text)
        #expect(keys == ["aws/aws-20261124T120000Z.sql", "aws/aws-20261124T120000Z.sql.json"])
        let later = Self.now + 200 * 86_400
        let plan = try await publisher.deleteOld(DumpRetention(), now: later)
        #expect(plan.deleted.isEmpty && plan.spared.count == 1)
    }

    @Test func `what failed its checks is never published`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let storage = FolderStorage("\(folder)/out")
        await #expect(throws: PublicationError.checksFailed(.aws)) {
            try await DumpPublisher(storage, scratch: folder).publish(
                dump(), as: DumpName(provider: .aws, created: Self.now), rows: 3, checks: .fail)
        }
        #expect(try await storage.list(prefix: "").isEmpty)
    }

    @Test func `a dry run deletes nothing`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let storage = FolderStorage("\(folder)/out")
        let publisher = DumpPublisher(storage, scratch: folder)
        for created in [0, Self.now] {
            _ = try await publisher.publish(
                dump(), as: DumpName(provider: .aws, created: created), rows: 1, checks: .pass)
        }
        let plan = try await publisher.deleteOld(DumpRetention(), now: Self.now, isDryRun: true)
        #expect(plan.deleted.count == 2)
        #expect(try await storage.list(prefix: "").count == 4)
        _ = try await publisher.deleteOld(DumpRetention(), now: Self.now)
        #expect(try await storage.list(prefix: "").count == 2)
    }
}
