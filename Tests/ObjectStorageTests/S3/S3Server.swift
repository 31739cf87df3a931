import Foundation
import Testing

/// A real S3 server on loopback, from `scripts/s3-server`.
struct S3Server {
    var address: String

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Whether its environment has been made; `scripts/test` does.
    static var isInstalled: Bool {
        FileManager.default.fileExists(atPath: root.appending(path: ".build/s3-server/packages").path)
    }

    /// Runs the server while the body runs.
    static func run(_ body: (S3Server) async throws -> Void) async throws {
        let process = Process()
        process.executableURL = root.appending(path: "scripts/s3-server")
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = output
        try process.run()
        // It ends with its standard input.
        defer { try? input.fileHandleForWriting.close() }
        try await body(S3Server(address: try await address(in: output)))
    }

    private static func address(in output: Pipe) async throws -> String {
        var said = ""
        while let piece = try output.fileHandleForReading.read(upToCount: 1), !piece.isEmpty {
            said += String(decoding: piece, as: UTF8.self)
            guard said.hasSuffix("\n"), let start = said.firstRange(of: "http://127.0.0.1:") else { continue }
            // Whoever reads no further blocks nobody: what the server says from here on fits the pipe.
            return String(said[start.lowerBound...].prefix { !$0.isWhitespace && $0 != "\u{1B}" })
        }
        throw Unavailable(said: said)
    }

    private struct Unavailable: Error { var said: String }
}
