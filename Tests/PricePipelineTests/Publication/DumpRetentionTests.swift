import CloudPrices
import DataChecks
import ObjectStorage
import PricePipeline
import Testing

struct DumpRetentionTests {
    private static let day: Int64 = 86_400
    private static let now: Int64 = 1_795_521_600

    private func dump(
        _ provider: CloudProvider, daysOld: Int64, isGood: Bool? = true
    ) throws -> (objects: [StoredObject], manifest: (ObjectKey, DumpManifest)?) {
        let name = DumpName(provider: provider, created: Self.now - daysOld * Self.day)
        let stored = StoredObject(key: try name.key(), byteCount: 100, modified: name.created)
        guard let isGood else { return ([stored], nil) }
        let manifest = DumpManifest(
            provider: provider, created: name.created, rows: 1, byteCount: 100, sha256: "",
            checks: isGood ? .pass : .fail)
        let beside = StoredObject(key: try name.manifestKey(), byteCount: 10, modified: name.created)
        return ([stored, beside], (stored.key, manifest))
    }

    private func plan(
        _ dumps: [(objects: [StoredObject], manifest: (ObjectKey, DumpManifest)?)], others: [StoredObject] = []
    ) -> DumpRetention.Plan {
        let manifests = Dictionary(uniqueKeysWithValues: dumps.compactMap(\.manifest))
        return DumpRetention().plan(dumps.flatMap(\.objects) + others, manifests: manifests, now: Self.now)
    }

    @Test func `twelve weeks are kept, with manifests gone before their dumps`() throws {
        let old = try dump(.aws, daysOld: 85)
        let plan = try plan([dump(.aws, daysOld: 1), dump(.aws, daysOld: 84), old])
        #expect(plan.deleted == [old.objects[1].key, old.objects[0].key])
        #expect(plan.deletedBytes == 110 && plan.kept == 2 && plan.spared.isEmpty)
    }

    @Test func `the newest good dump of each provider stays, however old`() throws {
        let spared = try [dump(.aws, daysOld: 100), dump(.azure, daysOld: 400)]
        let plan = try plan(
            spared + [
                dump(.aws, daysOld: 200), dump(.aws, daysOld: 90, isGood: false), dump(.aws, daysOld: 2, isGood: nil),
            ])
        #expect(plan.spared == spared.map { $0.objects[0].key }.sorted())
        #expect(plan.deleted.count == 4 && plan.kept == 3)
    }

    @Test func `a dump that has become shorter is not a good one`() throws {
        var cut = try dump(.aws, daysOld: 100)
        cut.objects[0].byteCount = 50
        let plan = try plan([cut, dump(.aws, daysOld: 120)])
        #expect(plan.spared.count == 1 && plan.deleted.contains(cut.objects[0].key))
    }

    @Test func `what is no dump is never touched`() throws {
        let names = [
            "readme.txt", "aws/notes.sql", "aws/gcp-20200101T000000Z.sql", "x/aws/aws-20200101T000000Z.sql",
        ]
        let others = try names.map { StoredObject(key: try ObjectKey($0), byteCount: 1, modified: 0) }
        #expect(try plan([dump(.aws, daysOld: 1)], others: others).deleted.isEmpty)
    }

    @Test func `a manifest without its dump goes when it is old`() throws {
        let orphan = StoredObject(key: try ObjectKey("aws/aws-20200101T000000Z.sql.json"), byteCount: 1, modified: 0)
        #expect(plan([], others: [orphan]).deleted == [orphan.key])
    }
}
