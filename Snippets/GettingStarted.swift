// The whole of the guide "Getting started": a task, a context, a pool.
import Foundation
import Sennit

// snippet.task
/// A task is a value: its stored properties are its arguments.
struct CountLines: PoolTask {
    var path: String

    func run(in context: NoContext) async throws -> Int {
        try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).count
    }
}
// snippet.end

// snippet.context
/// What each worker process makes once and its threads share.
final class Library: WorkerContext {
    struct Configuration: Codable, Sendable {
        var folder: String
    }

    let folder: URL

    init(_ configuration: Configuration) async throws {
        folder = URL(filePath: configuration.folder)
    }
}

struct CountLinesOfBook: PoolTask {
    var title: String

    // The type of `library` says which pools can run this task.
    func run(in library: Library) async throws -> Int {
        let book = library.folder.appending(path: title)
        return try String(contentsOf: book, encoding: .utf8).split(whereSeparator: \.isNewline).count
    }
}
// snippet.end

let paths = Array(CommandLine.arguments.dropFirst())

// snippet.pool
try await withProcessThreadPool(processes: 2, threadsPerProcess: 8) { pool in
    for path in paths.prefix(1) {
        print(try await pool.run(CountLines(path: path)))  // one
    }
    for try await lines in pool.map(paths.map(CountLines.init)) {  // many, in the order of the input
        print(lines)
    }
    for await (index, result) in pool.mapAsCompleted(paths.map(CountLines.init)) {  // many, as they end
        switch result {
        case .success(let lines): print(paths[index], lines)
        case .failure(let error): print(paths[index], error)
        }
    }
}
// snippet.end

// snippet.contextPool
try await withProcessThreadPool(
    of: Library.self, configuration: .init(folder: "books"), processes: 2, threadsPerProcess: 8
) { pool in
    for title in paths {
        print(try await pool.run(CountLinesOfBook(title: title)))
        print(try await pool.run(CountLines(path: title)))  // a task without a context runs in any pool
    }
}
// snippet.end

// snippet.handle
try await withProcessThreadPool { pool in
    for path in paths {
        let handle = try await pool.submit(CountLines(path: path))
        Task {
            for await progress in handle.progress { print(progress.completed, progress.message) }
        }
        do {
            print(try await handle.value(within: .seconds(2)))
        } catch let error as PoolError where error.code == .timedOutWaiting {
            handle.cancel()  // it would have gone on
        }
    }
}
// snippet.end
