import CountWords
import Foundation
import Testing

/// These start real worker processes: the test bundle, started again, with nothing to set up.
struct CountWordsTests {
    @Test(.timeLimit(.minutes(5)), arguments: [0, 2])
    func `words of many files are summed, in processes and in threads`(processes: Int) async throws {
        try await withFiles(["the cat", "The dog and the cat", "a dog, a cat; a bird"]) { paths in
            let totals = try await countWords(in: paths, processes: processes)
            #expect(totals.counts == ["the": 3, "cat": 3, "dog": 2, "and": 1, "a": 3, "bird": 1])
            #expect(totals.files == 3)
            #expect(totals.mostFrequent(1).first?.word == "a")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `stop words are read once by each worker and left out`() async throws {
        try await withFiles(["the cat", "the dog", "the\n"]) { paths in
            let totals = try await countWords(in: Array(paths[..<2]), stopWordFile: paths[2])
            #expect(totals.counts == ["cat": 1, "dog": 1])
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a file that cannot be read stops nothing`() async throws {
        try await withFiles(["cat"]) { paths in
            let totals = try await countWords(in: paths + ["/does/not/exist"])
            #expect(totals.counts == ["cat": 1])
            #expect(totals.failures.map(\.path) == ["/does/not/exist"])
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a context that cannot be made fails the work with its own error`() async throws {
        try await withFiles(["cat"]) { paths in
            let totals = try await countWords(in: paths, stopWordFile: "/does/not/exist")
            #expect(totals.failures.count == 1)
            #expect(totals.counts.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `cancelled work ends with an error, not with half a sum`() async throws {
        try await withFiles(Array(repeating: "cat", count: 200)) { paths in
            let (firsts, first) = AsyncStream.makeStream(of: Void.self)
            let work = Task {
                try await countWords(in: paths) { _ in
                    first.yield()
                    // Hold the iteration until the cancellation is there.
                    while !Task.isCancelled { usleep(1000) }
                }
            }
            for await _ in firsts { break }
            work.cancel()
            await #expect(throws: CancellationError.self) { try await work.value }
        }
    }

    private func withFiles(_ texts: [String], _ body: ([String]) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "count-words-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = try texts.enumerated().map { index, text in
            let file = folder.appending(path: "\(index).txt")
            try text.write(to: file, atomically: false, encoding: .utf8)
            return file.path()
        }
        try await body(paths)
    }
}
