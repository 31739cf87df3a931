import Foundation
import Sennit

/// What each worker process has once: the words that are not worth counting.
///
/// It is made before the worker's first task and read by all its threads, so it only has `let` properties.
package final class WordContext: WorkerContext {
    package struct Configuration: Codable, Sendable {
        /// A file with one word to a line, or nil to count every word.
        package var stopWordFile: String?

        package init(stopWordFile: String? = nil) { self.stopWordFile = stopWordFile }
    }

    let stopWords: Set<String>

    package init(_ configuration: Configuration) async throws {
        guard let file = configuration.stopWordFile else {
            stopWords = []
            return
        }
        // An error here is what the pool fails with, after a few attempts: no task ever starts.
        let text = try String(contentsOfFile: file, encoding: .utf8)
        stopWords = Set(text.split(whereSeparator: \.isNewline).map { $0.lowercased() })
    }

    /// Made by each thread for itself.
    ///
    /// No other thread sees it, so it need not be `Sendable`.
    package final class ReadBuffer {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
    }

    package func makeThreadState() async throws -> ReadBuffer { ReadBuffer() }
}
