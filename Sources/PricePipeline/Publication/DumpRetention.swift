public import ObjectStorage

/// Which published dumps are kept and which go.
///
/// Pure: what is there and the time are passed in.
public struct DumpRetention: Sendable, Hashable {
    /// Dumps older than this go.
    public var weeks: Int

    /// Keeps dumps for some weeks.
    public init(weeks: Int = 12) { self.weeks = weeks }

    /// What is to be deleted.
    public struct Plan: Sendable, Hashable {
        /// Keys to delete, manifests before their dumps: a dump that is going is not a published one any more.
        public var deleted: [ObjectKey] = []
        /// Bytes that go.
        public var deletedBytes: Int64 = 0
        /// Dumps that stay.
        public var kept = 0
        /// Dumps that stay although they are old, each the newest good one of its provider.
        public var spared: [ObjectKey] = []
    }

    /// Plans a deletion.
    ///
    /// A dump is as old as its manifest says, or as the storage says where there is none. The newest dump of each
    /// provider whose checks passed stays, whatever its age. What has not the name of a dump or a manifest stays.
    ///
    /// - Parameters:
    ///   - objects: All that the storage holds.
    ///   - manifests: The manifests that could be read, by the key of their dump.
    ///   - now: Seconds since 1970.
    /// - Returns: What is to be deleted, by key.
    public func plan(_ objects: [StoredObject], manifests: [ObjectKey: DumpManifest], now: Int64) -> Plan {
        let limit = now - Int64(max(0, weeks)) * 7 * 86_400
        let dumps = objects.filter { DumpName.isDump($0.key) }.map { object in
            Dump(object: object, manifest: manifests[object.key])
        }
        let spared = Set(Dictionary(grouping: dumps, by: \.folder).values.compactMap(Self.newestGood))
        var plan = Plan()
        for dump in dumps.sorted(by: { $0.object.key < $1.object.key }) {
            guard dump.created < limit, !spared.contains(dump.object.key) else {
                plan.kept += 1
                if dump.created < limit { plan.spared.append(dump.object.key) }
                continue
            }
            for object in objects where object.key.text == dump.object.key.text + ".json" {
                plan.deleted.append(object.key)
                plan.deletedBytes += object.byteCount
            }
            plan.deleted.append(dump.object.key)
            plan.deletedBytes += dump.object.byteCount
        }
        let names = Set(dumps.map { $0.object.key.text + ".json" })
        for object in objects
        where DumpName.isManifest(object.key) && !names.contains(object.key.text) && object.modified < limit {
            plan.deleted.append(object.key)
            plan.deletedBytes += object.byteCount
        }
        return plan
    }

    private struct Dump {
        var object: StoredObject
        var manifest: DumpManifest?

        var created: Int64 { manifest?.created ?? object.modified }
        var folder: Substring { DumpName.folder(of: object.key) }
        /// Whether its checks passed and it is as long as it was.
        var isGood: Bool { manifest.map { $0.isGood && $0.byteCount == object.byteCount } ?? false }
    }

    private static func newestGood(_ dumps: [Dump]) -> ObjectKey? {
        dumps.filter(\.isGood).max { $0.created < $1.created }?.object.key
    }
}
