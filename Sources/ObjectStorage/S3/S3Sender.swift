import AsyncHTTPClient
import ByteText
import Foundation
import NIOCore
import NIOHTTP1
import NetworkFailure

/// Signs requests, sends them, and tries again what fails for a passing reason.
struct S3Sender: Sendable {
    private let credentials: S3Credentials
    private let options: S3Options
    private let base: String
    private let host: String

    init(credentials: S3Credentials, options: S3Options) throws(StorageError) {
        self.credentials = credentials
        self.options = options
        let address = options.endpoint ?? "https://s3.\(options.region).amazonaws.com"
        guard let url = URL(string: address), let name = url.host(), ["http", "https"].contains(url.scheme ?? "") else {
            throw StorageError(.invalidLocation, "the endpoint '\(address)' is no http or https address")
        }
        base = address.bytes.withoutEnd("/")?.string ?? address
        host = url.port.map { "\(name):\($0)" } ?? name
    }

    /// One for the whole process.
    ///
    /// The client's own retries are off: it would go on until the time is up.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(10)
        configuration.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }()

    /// Sends a request; the answer's body, of 16 MB at most.
    func send(_ request: S3Request) async throws -> [UInt8] {
        try await withRetries(request) { response in
            var body = try await response.body.collect(upTo: 16 << 20)
            return body.readBytes(length: body.readableBytes) ?? []
        }
    }

    /// Sends a request and hands the answer's body on piece by piece.
    ///
    /// What has been handed on is not taken back, so a body that breaks off is an error.
    func download(_ request: S3Request, _ take: ([UInt8]) throws -> Void) async throws {
        try await withRetries(request) { response in
            let expected = response.headers.first(name: "content-length").flatMap(Int64.init)
            var received: Int64 = 0
            do {
                for try await var buffer in response.body {
                    received += Int64(buffer.readableBytes)
                    try take(buffer.readBytes(length: buffer.readableBytes) ?? [])
                }
            } catch let error as StorageError {
                throw error
            } catch {
                let reason = NetworkFailure.clause(error)
                throw StorageError(.unreachable, "\(request.subject) broke off after \(received) bytes: \(reason)")
            }
            guard expected == nil || expected == received else {
                throw StorageError(
                    .unexpectedAnswer, "\(request.subject) has \(received) bytes, not \(expected ?? 0) as announced")
            }
        }
    }

    private func withRetries<Value>(
        _ request: S3Request, _ read: (HTTPClientResponse) async throws -> Value
    ) async throws -> Value {
        var pause = options.pause
        for attempt in 1... {
            try Task.checkCancellation()
            do {
                let response = try await Self.client.execute(signed(request), timeout: limit(for: request))
                guard (200..<300).contains(response.status.code) else {
                    throw try await refusal(response, of: request)
                }
                return try await read(response)
            } catch let error as StorageError {
                throw error
            } catch let error as CancellationError {
                throw error
            } catch {
                try Task.checkCancellation()
                guard attempt < max(1, options.attempts) else {
                    throw StorageError(
                        .unreachable, "\(request.subject) at \(base): \(Self.reason(error)), \(attempt) times")
                }
            }
            try await Task.sleep(for: pause * Double.random(in: 0.5...1.5))
            pause = min(pause * 2, .seconds(5))
        }
        throw StorageError(.unreachable, "\(request.subject) was not asked")
    }

    private static func reason(_ error: any Error) -> String {
        (error as? PassingFailure)?.text ?? NetworkFailure.clause(error)
    }

    private func signed(_ request: S3Request) -> HTTPClientRequest {
        let signature = SignatureV4(
            credentials: credentials, region: options.region,
            moment: SignatureMoment(secondsSince1970: Int64(Date().timeIntervalSince1970)))
        let query = SignatureV4.queryText(request.query)
        var message = HTTPClientRequest(url: base + request.path + (query.isEmpty ? "" : "?\(query)"))
        message.method = request.method
        let headers = signature.signedHeaders(
            for: SignatureV4.Request(
                method: request.method.rawValue, host: host, path: request.path, query: request.query,
                payloadHash: request.upload?.hash ?? SignatureV4.emptyHash))
        for header in headers { message.headers.add(name: header.name, value: header.value) }
        message.headers.add(name: "host", value: host)
        if let upload = request.upload {
            message.body = .stream(FilePieces(path: upload.file), length: .known(upload.byteCount))
        }
        return message
    }

    private func limit(for request: S3Request) -> TimeAmount {
        let megabytes = (request.upload?.byteCount ?? (1 << 30)) >> 20
        return .seconds(options.timeout.components.seconds + megabytes)
    }

    /// A failure that another try may overcome.
    private struct PassingFailure: Error {
        var text: String
    }

    private func refusal(_ response: HTTPClientResponse, of request: S3Request) async throws -> any Error {
        let body = try? await response.body.collect(upTo: 1 << 20)
        let answer = body.flatMap { try? S3Answer(parsing: Array($0.readableBytesView)) }
        let detail = [answer?.errorCode, answer?.errorMessage].compactMap(\.self).joined(separator: ": ")
        let said = "status \(response.status.code)" + (detail.isEmpty ? "" : " (\(detail))")
        switch response.status.code {
        case 429, 500...: return PassingFailure(text: said)
        case 401, 403:
            return StorageError(
                .refused, "\(request.subject): \(said). Check the storage's key and what it may do in this bucket.")
        case 404: return StorageError(.notFound, "\(request.subject): \(said)")
        default: return StorageError(.unexpectedAnswer, "\(request.subject): \(said)")
        }
    }
}
