import Dispatch
import Foundation

/// Certificates that are made for one test run, by the command `openssl`.
struct TestCertificates: Sendable {
    let folder: URL

    /// Two issuers, and servers' certificates by the first.
    ///
    /// They are `good`, `expired`, `other` (another name), and `self`, which is signed by itself.
    static let shared = Result { try TestCertificates() }

    struct Fault: Error {
        var command: [String]
        var output: String
    }

    var issuer: String { path("ca.pem") }
    var otherIssuer: String { path("ca2.pem") }
    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("sennit-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["ca", "ca2"] { try makeSelfSigned(name, subject: "/CN=Sennit test \(name)", names: nil) }
        try makeSelfSigned("self", subject: "/CN=localhost", names: Self.names)
        try makeSigned("good", days: 2, names: Self.names)
        try makeSigned("expired", days: -1, names: Self.names)
        try makeSigned("other", days: 2, names: "DNS:other.example")
    }

    private static let names = "DNS:localhost,IP:127.0.0.1"
    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    private func makeSelfSigned(_ name: String, subject: String, names: String?) throws {
        let extra = names.map { ["-addext", "subjectAltName=\($0)"] } ?? []
        try run(
            [
                "req", "-x509", "-days", "2", "-subj", subject, "-keyout", path("\(name).key"), "-out",
                path("\(name).pem"),
            ]
                + Self.newKey + extra)
    }

    private func makeSigned(_ name: String, days: Int, names: String) throws {
        let extensions = folder.appendingPathComponent("\(name).ext")
        try Data("subjectAltName=\(names)".utf8).write(to: extensions)
        try run(
            ["req", "-subj", "/CN=\(name)", "-keyout", path("\(name).key"), "-out", path("\(name).csr")] + Self.newKey)
        try run([
            "x509", "-req", "-in", path("\(name).csr"), "-CA", issuer, "-CAkey", path("ca.key"), "-CAcreateserial",
            "-days", "\(days)", "-extfile", extensions.path, "-out", path("\(name).pem"),
        ])
    }

    private func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let output = Pipe()
        process.standardError = output
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Fault(command: arguments, output: String(decoding: said, as: UTF8.self))
        }
    }
}

/// A process that takes TLS connections for a server in the clear.
///
/// Unchecked: the process is touched by its maker and, once, by `stop`, never by two threads at a time.
final class TLSFront: @unchecked Sendable {
    let port: Int
    private let process = Process()
    private let input = Pipe()

    /// - Parameters:
    ///   - certificate: A name of `TestCertificates`.
    ///   - port: The server in the clear.
    ///   - protocols: What ALPN offers, such as "h2".
    /// - Throws: ``TestCertificates/Fault`` if the process does not start.
    private init(_ certificate: String, for port: UInt16, protocols: String? = nil) throws {
        let certificates = try TestCertificates.shared.get()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("tls_front.py")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "python3", script.path, certificates.path("\(certificate).pem"),
                certificates.path("\(certificate).key"),
                "\(port)",
            ] + (protocols.map { [$0] } ?? [])
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let number = Int(line.filter(\.isNumber)) else {
            throw TestCertificates.Fault(command: ["tls_front.py"], output: line)
        }
        self.port = number
    }

    private func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Runs `body` with a front, and ends it, whatever happens.
    ///
    /// - Parameters:
    ///   - certificate: A name of `TestCertificates`.
    ///   - port: The server in the clear.
    ///   - protocols: What ALPN offers, such as "h2".
    ///   - body: What needs the front.
    /// - Returns: What `body` returns.
    /// - Throws: ``TestCertificates/Fault`` if the process does not start; what `body` throws.
    static func with<Result>(
        _ certificate: String, for port: UInt16, protocols: String? = nil, _ body: (TLSFront) async throws -> Result
    ) async throws -> Result {
        let front = try await offPool { try TLSFront(certificate, for: port, protocols: protocols) }
        do {
            let result = try await body(front)
            try await offPool { front.stop() }
            return result
        } catch {
            try await offPool { front.stop() }
            throw error
        }
    }
}

/// Runs what blocks its thread on one that no task needs.
///
/// Swift's pool has as many threads as there are cores; two tests that wait for a process would hold up all the others.
func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}
