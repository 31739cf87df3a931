package import ArgumentParser
import EventStore
import Foundation
import SennitPipeline

/// `sennit runs export`: the history as a file of lines.
package struct ExportRunsCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the history to a file, one JSON object on each line.",
        discussion: "It holds every event, and no artefacts. 'sennit runs import' reads it.")

    @Argument(help: "The file; it appears whole or not at all.", completion: .file())
    package var file: String

    @OptionGroup package var history: HistoryOptions

    package init() {}

    @concurrent
    package func run() async throws {
        let file = file
        let count = try await history.withExistingHistory { store, _ in
            let temporary = "\(file).\(ProcessInfo.processInfo.processIdentifier).tmp"
            guard FileManager.default.createFile(atPath: temporary, contents: nil),
                let handle = FileHandle(forWritingAtPath: temporary)
            else { throw CommandError("'\(file)' cannot be written. Does its folder exist, and may it be written?") }
            do {
                let count = try store.exportLines { try handle.write(contentsOf: $0) }
                try handle.synchronize()
                try handle.close()
                try FileSystem.rename(temporary, to: file)
                return count
            } catch {
                try? FileManager.default.removeItem(atPath: temporary)
                throw error
            }
        }
        try Console.current.show(TransferredEvents(count: count, verb: "written"), asJSON: history.json)
    }
}

/// `sennit runs import`: takes in what was exported.
package struct ImportRunsCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take in the history that 'sennit runs export' has written.",
        discussion: """
            Events that are there already are left out, so that an import that was broken off can be repeated. Steps \
            whose artefacts are not in the store run again when a run is taken up.
            """)

    @Argument(help: "The file.", completion: .file())
    package var file: String

    @OptionGroup package var history: HistoryOptions

    package init() {}

    @concurrent
    package func run() async throws {
        guard let lines = LineFile(path: file) else { throw CommandError("'\(file)' cannot be read.") }
        let layout = StoreLayout(root: history.place.directory(try history.place.configuration()))
        try layout.prepare()
        let store = try RunHistory.open(in: layout)
        defer { try? store.close() }
        let count = try await store.importLines(lines)
        try Console.current.show(TransferredEvents(count: count, verb: "added"), asJSON: history.json)
    }
}

/// How much came over.
private struct TransferredEvents: Encodable {
    let count: Int
    let verb: String

    private enum CodingKeys: String, CodingKey { case count = "events" }
}

extension Console {
    fileprivate func show(_ transferred: TransferredEvents, asJSON: Bool) throws {
        guard !asJSON else { return try output.line(JSONLine.text(of: transferred)) }
        let events = transferred.count == 1 ? "event" : "events"
        try output.line("\(Decimals.text(transferred.count)) \(events) \(transferred.verb).")
    }
}

/// The lines of a file, read as they are asked for.
private final class LineFile: Sequence, IteratorProtocol {
    private let handle: FileHandle
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    init?(path: String) {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        self.handle = handle
    }

    func next() -> String? {
        while true {
            if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return String(decoding: buffer[start..<end], as: UTF8.self)
            }
            guard !isAtEnd else {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return String(decoding: buffer[start...], as: UTF8.self)
            }
            buffer.removeSubrange(..<start)
            start = 0
            let block = (try? handle.read(upToCount: 1 << 20)) ?? nil
            if let block, !block.isEmpty { buffer += block } else { isAtEnd = true }
        }
    }
}
