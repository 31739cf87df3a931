import DataChecks
import Foundation
import Testing

struct MetricsHistoryTests {
    @Test func `a history comes back from its file`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "sennit-history-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "history.json").path
        #expect(try MetricsHistory.load(path) == MetricsHistory())
        var history = MetricsHistory()
        history.maximumRuns = 2
        try await CheckedTables.with("CREATE TABLE t (price int); INSERT INTO t VALUES (1)") { tables in
            for _ in 0..<3 { history.append(tables.run("checks for t:\n  - row_count > 0\n  - avg(price) > 0\n")) }
        }
        #expect(history.runs.count == 2)
        #expect(history.runs.last?.metrics.count == 2)
        try history.save(path)
        #expect(try MetricsHistory.load(path) == history)

        try Data("{\"runs\": 5}".utf8).write(to: URL(filePath: path))
        #expect(throws: CheckProblem.self) { try MetricsHistory.load(path) }
        #expect(throws: CheckProblem.self) { try history.save(directory.appending(path: "none/x.json").path) }
    }
}
