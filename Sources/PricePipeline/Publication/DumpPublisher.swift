public import CloudPrices
import Crypto
public import DataChecks
import Foundation
public import ObjectStorage

/// Puts checked dumps into a storage, and takes old ones away.
public struct DumpPublisher: Sendable {
    private let storage: any ObjectStorage
    private let scratch: String

    /// Makes a publisher.
    ///
    /// - Parameters:
    ///   - storage: Where dumps go.
    ///   - scratch: A folder for files in between.
    public init(_ storage: any ObjectStorage, scratch: String) {
        self.storage = storage
        self.scratch = scratch
    }

    /// Publishes a dump: its file first, its manifest last; if that fails, the file goes again.
    ///
    /// - Parameters:
    ///   - file: The dump.
    ///   - name: Whose prices it holds and when it was made.
    ///   - rows: Rows of the price table in it.
    ///   - checks: How its checks came out; `nil` publishes it unchecked, which its manifest says.
    /// - Returns: The manifest.
    /// - Throws: ``PublicationError`` where checks failed; `StorageError`; `CancellationError`.
    public func publish(
        _ file: String, as name: DumpName, rows: Int, checks: CheckOutcome?
    ) async throws -> DumpManifest {
        guard checks == nil || checks == .pass || checks == .warn else {
            throw PublicationError.checksFailed(name.provider)
        }
        let (hash, byteCount) = try await Self.digest(of: file)
        let manifest = DumpManifest(
            provider: name.provider, created: name.created, rows: rows, byteCount: byteCount, sha256: hash,
            checks: checks)
        try await storage.put(file, as: name.key())
        let path = "\(scratch)/\(UUID()).json"
        try JSONFile.write(manifest, to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            try await storage.put(path, as: name.manifestKey())
        } catch {
            await withdraw(name)
            throw error
        }
        return manifest
    }

    /// Takes a dump that was published just now away again, as far as the storage lets it.
    func withdraw(_ name: DumpName) async {
        for key in [try? name.manifestKey(), try? name.key()] {
            // Whatever was in the way of publishing may be in the way of this; without a manifest it is not published.
            if let key { try? await storage.delete(key) }
        }
    }

    /// Deletes what a retention lets go.
    ///
    /// - Parameters:
    ///   - retention: What stays.
    ///   - now: Seconds since 1970.
    ///   - isDryRun: Whether it is only planned.
    /// - Returns: The plan that was carried out, or would be.
    /// - Throws: `StorageError`; `CancellationError`, which leaves what has not been deleted yet.
    public func deleteOld(
        _ retention: DumpRetention, now: Int64, isDryRun: Bool = false
    ) async throws -> DumpRetention.Plan {
        let objects = try await storage.list(prefix: "")
        var manifests: [ObjectKey: DumpManifest] = [:]
        let present = Set(objects.map(\.key))
        for object in objects where DumpName.isDump(object.key) {
            let key = try DumpName.manifestKey(of: object.key)
            if present.contains(key) { manifests[object.key] = try await manifest(key) }
        }
        let plan = retention.plan(objects, manifests: manifests, now: now)
        guard !isDryRun else { return plan }
        for key in plan.deleted {
            try Task.checkCancellation()
            try await storage.delete(key)
        }
        return plan
    }

    /// A manifest; `nil` for one that makes no sense, whose dump then counts as unchecked.
    private func manifest(_ key: ObjectKey) async throws -> DumpManifest? {
        let path = "\(scratch)/\(UUID()).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await storage.get(key, into: path)
        return try? JSONFile.read(DumpManifest.self, from: path)
    }

    @concurrent
    private static func digest(of file: String) async throws -> (hash: String, byteCount: Int64) {
        let source = try FileBytes.reading(file)
        var hasher = SHA256()
        var byteCount: Int64 = 0
        while true {
            try Task.checkCancellation()
            let bytes = try source.read(upTo: 1 << 20)
            if bytes.isEmpty { return (SignatureV4.hexadecimal(hasher.finalize()), byteCount) }
            hasher.update(data: bytes)
            byteCount += Int64(bytes.count)
        }
    }
}

/// Why a dump was not published.
public enum PublicationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Its checks failed, or could not be carried out.
    case checksFailed(CloudProvider)

    /// What was not published, and why.
    public var description: String {
        switch self {
        case .checksFailed(let provider): "the prices of \(provider) go no further: their checks did not pass"
        }
    }
}
