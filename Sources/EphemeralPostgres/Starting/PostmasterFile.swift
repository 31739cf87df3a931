import ByteText

/// What a server writes into `postmaster.pid`.
package struct PostmasterFile: Hashable {
    /// The server's process.
    package var process: Int32?
    /// The port of its sockets.
    package var port: Int?
    /// The address that it listens on; nil if it has no TCP.
    package var address: String?
    /// The number of its System V memory segment.
    package var sharedMemory: Int32?
    /// "starting", "ready" or "stopping".
    package var status: String

    /// Reads the file; nil if it is not there.
    package static func read(_ path: String) -> PostmasterFile? {
        guard let bytes = try? FileSystem.contents(of: path, limit: 64 << 10) else { return nil }
        return PostmasterFile(String(decoding: bytes, as: UTF8.self))
    }

    /// Takes the file's text apart; lines that are not there yet stay empty.
    package init(_ text: String) {
        let lines = text.bytes.lines
        func words(_ line: Int) -> [Substring] {
            lines.indices.contains(line) ? lines[line].words.map(\.text) : []
        }
        process = words(0).first.flatMap { Int32($0) }
        port = words(3).first.flatMap { Int($0) }
        address = words(5).first.map(String.init)
        sharedMemory = words(6).last.flatMap { Int32($0) }
        status = words(7).first.map(String.init) ?? ""
    }
}
