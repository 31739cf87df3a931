internal import EventStore

/// The history of runs in the store's file of events.
package final class HistoryJournal: RunJournal {
    private let store: EventStore
    private let reserve: SpaceReserve

    /// Opens the history of a store; makes it if there is none.
    ///
    /// - Throws: ``PipelineError`` with `historyFailed`.
    package init(_ layout: StoreLayout) throws {
        reserve = SpaceReserve(layout)
        do {
            store = try RunHistory.open(in: layout)
        } catch {
            let isDamaged = (error as? EventStoreError)?.code == .corrupted
            throw PipelineError(
                .historyFailed,
                "The history of runs in '\(layout.history)' cannot be opened."
                    + (isDamaged ? " 'sennit runs import' takes in what 'sennit runs export' has written." : ""),
                cause: error)
        }
        reserve.fill()
    }

    package func append(_ events: [RunEvent], to run: RunID, after sequence: Int) async throws {
        do {
            do {
                try await write(events, run, sequence)
            } catch let error as EventStoreError where error.isFullDisk && reserve.release() {
                try await write(events, run, sequence)
            }
        } catch let error as EventStoreError where error.isFullDisk {
            throw PipelineError(
                .historyFailed,
                "The history of run \(run) cannot be written, because the disk is full. Free some space, as 'sennit "
                    + "runs prune' does, and take the run up again.",
                cause: error)
        } catch {
            throw PipelineError(.historyFailed, "The history of run \(run) cannot be written.", cause: error)
        }
    }

    private func write(_ events: [RunEvent], _ run: RunID, _ sequence: Int) async throws {
        try await store.append(
            to: RunHistory.stream(of: run), expecting: sequence == 0 ? .none : .exact(sequence), events.map(\.body))
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
            var found: [RunID] = []
            var seen = 0
            // Names of runs sort by time, and those that are wanted are most often among the newest few.
            for page in [20, 2000, EventStore.readLimit] where found.count < limit {
                let runs = try RunHistory.newest(page, in: store)
                for run in runs.dropFirst(seen) where found.count < limit {
                    let first = try store.events(in: RunHistory.stream(of: run), limit: 1).first
                    if try first?.value(as: RunRequested.self).pipeline == pipeline { found.append(run) }
                }
                seen = runs.count
            }
            return found
        } catch {
            throw PipelineError(.historyFailed, "The runs of '\(pipeline)' cannot be read.", cause: error)
        }
    }

    package func close() async { try? store.close() }
}
