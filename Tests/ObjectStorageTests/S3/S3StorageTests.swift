import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import ObjectStorage
import Testing

@Suite(.timeLimit(.minutes(5))) struct S3StorageTests {
    private func storage(
        _ server: S3Server, bucket: String = "prices", key: String = "id:secret"
    ) throws -> S3Storage {
        var options = S3Options()
        options.endpoint = server.address
        options.pause = .milliseconds(5)
        options.listingPage = 3
        return try S3Storage(
            bucket: bucket, prefix: "dumps", credentials: S3Credentials(parsing: key), options: options)
    }

    /// Makes a bucket, or an empty object by its whole key, as other programs do.
    private func make(_ server: S3Server, _ name: String) async throws {
        var request = HTTPClientRequest(url: "\(server.address)/\(name)")
        request.method = .PUT
        let status = try await HTTPClient.shared.execute(request, timeout: .seconds(10)).status
        try #require(status == .ok)
    }

    @Test(.enabled(if: S3Server.isInstalled, "scripts/s3-server --install makes the server"))
    func `files go to a real server, are listed over several pages, come back and go`() async throws {
        try await S3Server.run { server in
            try await make(server, "prices")
            let storage = try storage(server)
            let scratch = try Scratch()
            let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
            let file = try scratch.file("large", bytes)
            let keys = try ["aws/a b+é.sql", "aws/b.sql", "gcp/c.sql"].map { try ObjectKey($0) }
            for key in keys { try await storage.put(file, as: key) }
            let small = try scratch.file("small", Array("x".utf8))
            // A console marks a folder so.
            try await make(server, "prices/dumps/")
            try await make(server, "prices/dumps/aws/")
            for number in 0..<7 { try await storage.put(small, as: ObjectKey("many/\(number)")) }

            #expect(try await storage.list(prefix: "aws/").map(\.key) == Array(keys.prefix(2)))
            #expect(try await storage.list(prefix: "aws/").map(\.byteCount) == [3_000_000, 3_000_000])
            #expect(try await storage.list(prefix: "many/").count == 7)

            try await storage.get(keys[0], into: scratch.path("back"))
            #expect(try scratch.bytes("back") == bytes)

            try await storage.delete(keys[0])
            try await storage.delete(keys[0])
            #expect(try await storage.list(prefix: "aws/").map(\.key) == [keys[1]])
            let missing = await #expect(throws: StorageError.self) {
                try await storage.get(keys[0], into: scratch.path("none"))
            }
            #expect(missing?.code == .notFound)
            #expect(!FileManager.default.fileExists(atPath: scratch.path("none")))
        }
    }

    @Test(.enabled(if: S3Server.isInstalled, "scripts/s3-server --install makes the server"))
    func `a bucket that is not there is named`() async throws {
        try await S3Server.run { server in
            let error = await #expect(throws: StorageError.self) {
                try await storage(server, bucket: "nowhere").list(prefix: "")
            }
            #expect(error?.code == .notFound)
            #expect(error?.message.contains("s3://nowhere/dumps") == true)
        }
    }

    @Test func `a service that is not there is an error after the tries, without the secret`() async throws {
        var options = S3Options()
        // Nobody listens at the discard port here.
        options.endpoint = "http://127.0.0.1:9"
        options.pause = .milliseconds(1)
        options.attempts = 3
        let storage = try S3Storage(
            bucket: "prices", credentials: S3Credentials(parsing: "id:very-secret"), options: options)
        let error = await #expect(throws: StorageError.self) { try await storage.list(prefix: "") }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("3 times") == true)
        #expect(error?.message.contains("very-secret") == false)
    }

    @Test func `an endpoint that is no address is refused`() throws {
        var options = S3Options()
        options.endpoint = "ftp://host"
        let error = #expect(throws: StorageError.self) {
            try S3Storage(bucket: "b", credentials: S3Credentials(parsing: "a:b"), options: options)
        }
        #expect(error?.code == .invalidLocation)
    }
}
