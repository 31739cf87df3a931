import Foundation
import Sennit

/// Counts how often each word stands in one file.
///
/// Only the path travels to the worker, and only the counts come back: a task should carry what is small and fetch what
/// is large where it runs.
package struct CountWords: PoolTask {
    package var path: String

    /// Reading a file twice does no harm, so a count may be taken again when a worker dies.
    package static var isIdempotent: Bool { true }

    package init(path: String) { self.path = path }

    package func run(in context: WordContext) async throws -> [String: Int] {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? file.close() }
        let size = Int64(try file.seekToEnd())
        try file.seek(toOffset: 0)

        let buffer = try context.threadState()
        var counter = WordCounter(stopWords: context.stopWords)
        var bytesRead: Int64 = 0
        while true {
            // A cancelled task is only told: it has to look.
            try Task.checkCancellation()
            let count = read(file.fileDescriptor, &buffer.bytes, buffer.bytes.count)
            guard count >= 0 else { throw CocoaError(.fileReadUnknown) }
            guard count > 0 else { break }
            counter.add(buffer.bytes[..<count])
            bytesRead += Int64(count)
            // Cheap, and only the latest report is kept: no need to report less often.
            TaskContext.current?.report(completed: bytesRead, total: size)
        }
        return counter.finish()
    }
}

/// Splits bytes into words, which may go on from one piece to the next.
struct WordCounter {
    let stopWords: Set<String>
    private var counts: [String: Int] = [:]
    private var word: [UInt8] = []

    init(stopWords: Set<String>) { self.stopWords = stopWords }

    mutating func add(_ bytes: ArraySlice<UInt8>) {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...: word.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20)
            default: endWord()
            }
        }
    }

    private mutating func endWord() {
        guard !word.isEmpty else { return }
        let text = String(decoding: word, as: UTF8.self)
        word.removeAll(keepingCapacity: true)
        if !stopWords.contains(text) { counts[text, default: 0] += 1 }
    }

    mutating func finish() -> [String: Int] {
        endWord()
        return counts
    }
}
