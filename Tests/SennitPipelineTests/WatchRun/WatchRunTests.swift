import EventStore
import SennitPipeline
import Synchronization
import Testing

struct WatchRunTests {
    private func names(_ watched: WatchedRun) async throws -> [String] {
        var names: [String] = []
        for try await event in watched {
            #expect(event.sequence == names.count + 1)
            names.append(event.event.name)
        }
        return names
    }

    @Test func `given a run that has ended, watching it shows all of it and ends`() async throws {
        try await given(Sample.bad + Sample.resumed) { history in
            let watched = try await WatchRun(run: "latest").answer(from: history.store)
            let seen = try await names(watched)
            #expect(seen == (Sample.bad + Sample.resumed).map { type(of: $0).name })
        }
    }

    @Test func `given a run in the middle, what comes is shown until it ends`() async throws {
        let all = Sample.good
        try await given(Array(all.prefix(3))) { history in
            let watched = try await WatchRun().answer(from: history.store)
            #expect(watched.run == .first)
            async let seen = names(watched)
            try await history.record(.second, Sample.good)
            try await history.record(.first, Array(all.dropFirst(3)))
            let names = try await seen
            #expect(names == all.map { type(of: $0).name })
        }
    }

    @Test func `given no run that runs, the next one that starts is watched`() async throws {
        try await given(Sample.good) { history in
            async let watched = WatchRun().answer(from: history.store)
            // Whether the watcher looks before, between or behind these, it finds a run that has not ended.
            try await history.record(.second, Array(Sample.good.prefix(3)))
            try await history.record(.second, [])
            let run = try await watched.run
            #expect(run == .second)
        }
    }

    @Test func `given a run that is deleted meanwhile, watching it ends`() async throws {
        try await given(Array(Sample.good.prefix(3))) { history in
            let watched = try await WatchRun(run: "latest").answer(from: history.store)
            var iterator = watched.makeAsyncIterator()
            for _ in 0..<3 { _ = try await iterator.next() }
            try await history.store.delete(RunHistory.stream(of: .first))
            let next = try await iterator.next()
            #expect(next == nil)
        }
    }

    @Test func `a run ends with its end, and goes on when it is taken up again`() {
        var life = RunLife()
        life.apply(RunStarted.eventType)
        #expect(!life.hasEnded)
        for type in [RunFinished.eventType, RunFailed.eventType, RunCancelled.eventType] {
            life.apply(type)
            #expect(life.hasEnded)
            life.apply(NotificationSent.eventType)
            #expect(life.hasEnded)
            life.apply(RunStarted.eventType)
            #expect(!life.hasEnded)
        }
    }

    @Test func `given a run whose process dies, watching it shows what it left and ends`() async throws {
        try await given(Array(Sample.good.prefix(3))) { history in
            let isAlive = Mutex(true)
            let watched = try await WatchRun { _ in isAlive.withLock { $0 } }.answer(from: history.store)
            var iterator = watched.makeAsyncIterator()
            for _ in 0..<3 { _ = try await iterator.next() }
            try await history.record(.first, [Sample.scrapeFinished])
            isAlive.withLock { $0 = false }
            #expect(try await iterator.next()?.event.name == StepFinished.name)
            #expect(try await iterator.next() == nil)
        }
    }

    @Test func `given a run that is taken up again at the last moment, watching it goes on`() async throws {
        try await given(Array(Sample.good.prefix(3))) { history in
            let again = history.ending(.first, with: Sample.started(2), Sample.finished)
            let watched = try await WatchRun(run: "latest") { _ in
                try? await again()
                return false
            }.answer(from: history.store)
            #expect(try await names(watched).suffix(2) == [RunStarted.name, RunFinished.name])
        }
    }

    @Test func `given only runs whose processes have died, the next one that starts is watched`() async throws {
        try await given(Array(Sample.good.prefix(3))) { history in
            async let watched = WatchRun { $0 != .first }.answer(from: history.store)
            try await history.record(.second, Array(Sample.good.prefix(3)))
            let run = try await watched.run
            #expect(run == .second)
        }
    }
}
