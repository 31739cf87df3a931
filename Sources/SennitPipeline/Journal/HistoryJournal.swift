import Synchronization

package final class HistoryJournal: RunJournal {
    private let all = Mutex<[RunID: [RecordedRunEvent]]>([:])
    package init(_ layout: StoreLayout) throws {}
    package func append(_ events: [RunEvent], to run: RunID, after sequence: Int) async throws {
        all.withLock { all in
            for event in events {
                all[run, default: []].append(
                    RecordedRunEvent(run: run, sequence: (all[run]?.count ?? 0) + 1, milliseconds: 0, event: event))
            }
        }
    }
    package func events(of run: RunID) async throws -> [RecordedRunEvent] { all.withLock { $0[run] ?? [] } }
    package func newestRuns(of pipeline: String, limit: Int) async throws -> [RunID] {
        all.withLock { $0.keys.sorted().reversed() }
    }
    package func close() async {}
}
