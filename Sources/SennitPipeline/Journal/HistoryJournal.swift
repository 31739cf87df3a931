internal import EventStore

/// The history of runs in the store's file of events.
package final class HistoryJournal: RunJournal {
    private let store: EventStore

    /// Opens the history of a store; makes it if there is none.
    ///
    /// - Throws: ``PipelineError`` with `historyFailed`.
    package init(_ layout: StoreLayout) throws {
        do {
            store = try RunHistory.open(at: layout.history)
        } catch {
            throw PipelineError(
                .historyFailed, "The history of runs in '\(layout.history)' cannot be opened.", cause: error)
        }
    }

    package func append(_ events: [RunEvent], to run: RunID, after sequence: Int) async throws {
        do {
            try await store.append(
                to: RunHistory.stream(of: run), expecting: sequence == 0 ? .none : .exact(sequence),
                events.map(\.body))
        } catch {
            throw PipelineError(.historyFailed, "The history of run \(run) cannot be written.", cause: error)
        }
    }

    package func events(of run: RunID) async throws -> [RecordedRunEvent] {
        do {
            var events: [RecordedRunEvent] = []
            while true {
                let next = try store.events(in: RunHistory.stream(of: run), after: events.last?.sequence ?? 0)
                guard !next.isEmpty else { return events }
                events += try next.map { try RecordedRunEvent($0) }
            }
        } catch {
            throw PipelineError(.historyFailed, "The history of run \(run) cannot be read.", cause: error)
        }
    }

    package func newestRuns(of pipeline: String, limit: Int) async throws -> [RunID] {
        do {
            var runs: Set<RunID> = []
            var position = 0
            let last = try store.lastPosition()
            while position < last {
                let page = try store.events(after: position, matching: .types(RunRequested.self), limit: 10_000)
                for stored in page {
                    guard let event = try? RecordedRunEvent(stored), case .runRequested(let request) = event.event,
                        request.pipeline == pipeline
                    else { continue }
                    runs.insert(event.run)
                }
                position += 10_000
            }
            return Array(runs.sorted(by: >).prefix(limit))
        } catch {
            throw PipelineError(.historyFailed, "The runs of '\(pipeline)' cannot be read.", cause: error)
        }
    }

    package func close() async { try? store.close() }
}
