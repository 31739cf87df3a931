import Foundation
import Synchronization

/// One recorded exchange: a small file of JSON; its body lies beside it, as it crossed the wire.
struct RecordedExchange: Codable, Sendable {
    var url: String
    var requestHeaders: [HTTPHead.Header]
    var status: Int
    var headers: [HTTPHead.Header]
    /// Whether the body ended as it should; a cut is recorded, too.
    var isComplete: Bool
    /// The name of the body's file.
    var body: String
}

/// Passes requests on and writes what comes back into a folder.
///
/// What is not written is told at once: a recording that lacks something is of no use later.
///
/// Secrets are not written: a secret header is not part of what is recorded, and the address holds none.
package final class RecordingTransport: HTTPTransport {
    private let wrapped: any HTTPTransport
    private let folder: URL
    private let count: Mutex<Int>

    /// Records into a folder, after what is there already.
    ///
    /// - Throws: `PriceProblem` with code `outputFailed` if the folder cannot be made or read.
    package init(_ wrapped: any HTTPTransport, folder: String) throws(PriceProblem) {
        self.wrapped = wrapped
        let folder = URL(fileURLWithPath: folder, isDirectory: true)
        self.folder = folder
        count = Mutex(
            try Self.writing(folder) {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                return try ReplayTransport.files(in: folder).count
            })
    }

    package func get(
        _ request: HTTPGet,
        head: (HTTPHead) -> Bool,
        chunk: ([UInt8]) async throws -> Bool
    ) async throws {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let name = String(repeating: "0", count: max(0, 5 - String(number).count)) + String(number)
        let place = folder.appendingPathComponent(name + ".body")
        let file = try Self.writing(place) {
            try Data().write(to: place)
            return try FileHandle(forWritingTo: place)
        }
        var exchange: RecordedExchange?
        var failure: (any Error)?
        do {
            try await wrapped.get(request) { reply in
                // A reply that is cut, or read in part, is one too: it is written before its body comes.
                let begun = RecordedExchange(
                    url: request.url, requestHeaders: request.headers, status: reply.status, headers: reply.headers,
                    isComplete: false, body: name + ".body")
                exchange = begun
                do { try write(begun, as: name) } catch { failure = error }
                return failure == nil && head(reply)
            } chunk: { piece in
                try Self.writing(place) { try file.write(contentsOf: Data(piece)) }
                return try await chunk(piece)
            }
        } catch {
            try? file.close()
            throw error
        }
        if let failure { throw failure }
        try Self.writing(place) { try file.close() }
        if var exchange {
            exchange.isComplete = true
            try write(exchange, as: name)
        }
    }

    private func write(_ exchange: RecordedExchange, as name: String) throws(PriceProblem) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let file = folder.appendingPathComponent(name + ".json")
        try Self.writing(file) { try encoder.encode(exchange).write(to: file, options: .atomic) }
    }

    /// - Throws: `PriceProblem` with code `outputFailed` in place of what the body throws.
    private static func writing<Result>(_ place: URL, _ body: () throws -> Result) throws(PriceProblem) -> Result {
        do {
            return try body()
        } catch {
            throw PriceProblem(
                .outputFailed, "what was read cannot be recorded: \((error as NSError).localizedDescription)",
                source: place.path,
                advice: "See whether the disk is full; then record again into an empty folder.")
        }
    }
}

/// Answers requests from a folder that `RecordingTransport` wrote.
///
/// The replies to one address are given in the order recorded; when they are used up, the last one is given again.
package final class ReplayTransport: HTTPTransport {
    private let folder: URL
    private let exchanges: [String: [RecordedExchange]]
    private let used = Mutex<[String: Int]>([:])

    /// Reads the folder's index; bodies are read when they are asked for.
    package init(folder: String) throws {
        self.folder = URL(fileURLWithPath: folder, isDirectory: true)
        let decoder = JSONDecoder()
        exchanges = Dictionary(
            grouping: try Self.files(in: self.folder).map {
                try decoder.decode(RecordedExchange.self, from: Data(contentsOf: $0))
            },
            by: \.url)
    }

    package func get(
        _ request: HTTPGet,
        head: (HTTPHead) -> Bool,
        chunk: ([UInt8]) async throws -> Bool
    ) async throws {
        let index = used.withLock { used in
            let index = used[request.url, default: 0]
            used[request.url] = index + 1
            return index
        }
        guard let replies = exchanges[request.url], let exchange = index < replies.count ? replies[index] : replies.last
        else {
            throw HTTPTransportError(
                "the recording has no reply for this address", mayPass: false, code: .notRecorded)
        }
        guard head(HTTPHead(status: exchange.status, headers: exchange.headers)) else { return }
        let file = try FileHandle(forReadingFrom: folder.appendingPathComponent(exchange.body))
        defer { try? file.close() }
        while let piece = try file.read(upToCount: 256 * 1024), !piece.isEmpty {
            try Task.checkCancellation()
            guard try await chunk(Array(piece)) else { return }
        }
        guard exchange.isComplete else { throw HTTPTransportError("the connection was cut when this was recorded") }
    }

    static func files(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }
}
