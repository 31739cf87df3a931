import AsyncHTTPClient
import ByteText
import Crypto
import Foundation
import NIOCore
import NIOHTTP1

/// A storage in a bucket of Amazon S3 or a service that speaks like it.
///
/// Addresses have the bucket in their path, as every such service understands. A request that fails for a passing
/// reason (no connection, status 429 or 5xx) is tried again; cancelling the calling task ends it.
public struct S3Storage: ObjectStorage {
    private let bucket: String
    private let prefix: String
    private let sender: S3Sender
    private let listingPage: Int

    /// The bucket's address, with its prefix.
    public var place: String { prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix)" }

    /// Uses a bucket; nothing is asked of the service yet.
    ///
    /// - Parameters:
    ///   - bucket: Its name; it must exist.
    ///   - prefix: What stands before every key, without a `/` at its end.
    ///   - credentials: The keys to it.
    ///   - options: Which service, and how patiently.
    /// - Throws: ``StorageError`` with `invalidLocation` for an endpoint that is no `http` or `https` address.
    public init(
        bucket: String, prefix: String = "", credentials: S3Credentials, options: S3Options = S3Options()
    ) throws(StorageError) {
        self.bucket = bucket
        self.prefix = prefix
        listingPage = min(max(options.listingPage, 1), 1000)
        sender = try S3Sender(credentials: credentials, options: options)
    }

    /// Uploads a file in one request; its bytes are read twice, for their hash and to be sent.
    public func put(_ file: String, as key: ObjectKey) async throws {
        let byteCount = try FileBytes.reading(file).byteCount()
        guard byteCount <= StorageLimits.uploadBytes else {
            throw StorageError(.tooLarge, "\(file) has \(byteCount) bytes; one upload takes up to 5 GiB")
        }
        var request = S3Request(method: .PUT, path: path(of: key), subject: "\(place)/\(key)")
        request.upload = S3Upload(file: file, byteCount: byteCount, hash: try await Self.hash(of: file))
        _ = try await sender.send(request)
    }

    /// Lists the bucket page by page.
    ///
    /// What others have put there under keys that are none here, such as a console's mark of a folder, is left out.
    public func list(prefix: String) async throws -> [StoredObject] {
        let start = self.prefix.isEmpty ? "" : self.prefix + "/"
        var found: [StoredObject] = []
        var continuation: String?
        repeat {
            var request = S3Request(method: .GET, path: "/\(bucket)", subject: place)
            request.query = [("list-type", "2"), ("prefix", start + prefix), ("max-keys", "\(listingPage)")]
            if let continuation { request.query.append(("continuation-token", continuation)) }
            let answer = try S3Answer(parsing: try await sender.send(request))
            guard answer.root == "ListBucketResult" else {
                throw StorageError(.unexpectedAnswer, "\(place) answered \(answer.root) where a listing was asked for")
            }
            for entry in answer.entries {
                guard let rest = entry.key.bytes.withoutStart(start.bytes), let key = try? ObjectKey(rest.string)
                else { continue }
                found.append(StoredObject(key: key, byteCount: entry.byteCount, modified: entry.modified))
            }
            guard found.count <= StorageLimits.listedObjects else {
                throw StorageError(.tooLarge, "\(place) holds more than \(StorageLimits.listedObjects) objects")
            }
            guard answer.continuation?.bytes != continuation?.bytes || continuation == nil else {
                throw StorageError(.unexpectedAnswer, "\(place) gives the same page of its listing again")
            }
            continuation = answer.continuation
        } while continuation != nil
        return found.sorted { $0.key < $1.key }
    }

    /// Downloads an object; a body that breaks off leaves no file.
    public func get(_ key: ObjectKey, into file: String) async throws {
        let request = S3Request(method: .GET, path: path(of: key), subject: "\(place)/\(key)")
        try await WholeFile.replace(file) { target in
            try await sender.download(request) { try target.write($0) }
        }
    }

    /// Removes an object from the bucket.
    public func delete(_ key: ObjectKey) async throws {
        do {
            _ = try await sender.send(
                S3Request(method: .DELETE, path: path(of: key), subject: "\(place)/\(key)"))
        } catch let error as StorageError where error.code == .notFound {
            return
        }
    }

    private func path(of key: ObjectKey) -> String {
        let whole = prefix.isEmpty ? key.text : "\(prefix)/\(key.text)"
        return "/\(bucket)/" + whole.bytes.percentEncoded(keeping: "/")
    }

    /// Reads the file once for the hash that its upload is signed with.
    @concurrent
    private static func hash(of file: String) async throws -> String {
        let source = try FileBytes.reading(file)
        var hasher = SHA256()
        while true {
            try Task.checkCancellation()
            let bytes = try source.read(upTo: 1 << 20)
            if bytes.isEmpty { return SignatureV4.hexadecimal(hasher.finalize()) }
            hasher.update(data: bytes)
        }
    }
}
