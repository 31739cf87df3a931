// The example of the README, whole. Run it with files as arguments: `swift run FetchPages README.md`.
import Foundation
import Sennit

/// A task is a value: its stored properties are its arguments.
struct FetchPage: PoolTask {
    var url: String

    func run(in client: Client) async throws -> Page { try client.get(url) }
}

/// What each worker process makes once and its threads share.
final class Client: WorkerContext {
    struct Configuration: Codable, Sendable { var timeout: Duration }

    let timeout: Duration

    init(_ configuration: Configuration) async throws { timeout = configuration.timeout }

    // Stands for a request, so that the example runs anywhere.
    func get(_ url: String) throws -> Page {
        Page(url: url, byteCount: try Data(contentsOf: URL(filePath: url)).count)
    }
}

struct Page: Codable, Sendable {
    var url: String
    var byteCount: Int
}

let urls = Array(CommandLine.arguments.dropFirst())
guard let front = urls.first else { exit(0) }

try await withProcessThreadPool(
    of: Client.self, configuration: .init(timeout: .seconds(5)),
    processes: 2, threadsPerProcess: 30
) { pool in
    let page = try await pool.run(FetchPage(url: front))  // one
    print(page.byteCount)
    for try await page in pool.map(urls.map(FetchPage.init)) {  // many, in input order, bounded in flight
        print(page.url, page.byteCount)
    }
    for await (index, result) in pool.mapAsCompleted(urls.map(FetchPage.init)) {  // many, as they finish
        print(index, (try? result.get())?.byteCount ?? 0)
    }
    let handle = try await pool.submit(FetchPage(url: front))  // a future: value, cancel, progress
    print(try await handle.value.url)
}
