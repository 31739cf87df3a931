import EventStore
import Foundation
import Sennit
import Synchronization

/// How many events the store under the history is measured with.
struct HistoryPlan: Sendable {
    let appends: Int
    let events: Int
    let folder: String?

    private static let streams = 100
    private static let writers = 100
    private static let deliveries = 500

    @concurrent
    func run() async throws -> HistoryReport {
        var report = HistoryReport(plan: self)
        try await withStore { store in
            let times = try await singleAppends(store, count: appends, label: "appends") { _ in nil }
            report.appendsPerSecond = Double(appends) / times.reduce(0, +) * 1e6
            report.appendMedian = Quantile.of(times, 0.5) ?? 0
            report.append99 = Quantile.of(times, 0.99) ?? 0
        }
        try await withStore { store in
            try await store.append(to: "run-0", [MeasuredProgress(0)])
            try store.close()
            let payload = try EncodedEvent(MeasuredProgress(appends), limit: 4096).payload
            report.floorPerSecond = try HistoryFloor(store.path).appendsPerSecond(
                count: appends, streams: HistoryPlan.streams, payload: payload)
        }
        try await withStore { store in
            let times = try await singleAppends(store, count: appends / 4, label: "appends with keys") { index in
                let digits = String(index)
                return CommandID(String(repeating: "0", count: 12 - digits.count) + digits)
            }
            report.commandsPerSecond = Double(appends / 4) / times.reduce(0, +) * 1e6
        }
        try await withStore({ $0.durability = .full }) { store in
            report.groupedPerSecond = try await groupedAppends(store, count: appends / 2)
        }
        try await withStore { store in
            try await fill(store)
            report.listPerSecond = try await HistoryRuns.rebuildPerSecond(events: events, at: store.path + ".runs")
            report.rebuildPerSecond = try await rebuild(store, CountingProjection())
            report.decodedPerSecond = try await rebuild(store, SummingProjection())
            report.deliveryMedian = try await deliveries(store, to: store)
            let other = try EventStore.open(at: store.path, schema: HistoryPlan.schema)
            report.otherDeliveryMedian = try await deliveries(store, to: other)
            try other.close()
        }
        return report
    }

    private static let schema = EventSchema([MeasuredProgress.self])

    private func withStore(
        _ change: (inout EventStoreOptions) -> Void = { _ in }, _ body: (EventStore) async throws -> Void
    )
        async throws
    {
        let parent = folder.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
        let place = parent.appending(path: "sennit-history-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: place) }
        var options = EventStoreOptions()
        change(&options)
        let store = try EventStore.open(
            at: place.appending(path: "events.db").path, schema: HistoryPlan.schema, options: options)
        defer { try? store.close() }
        try await body(store)
    }

    /// Microseconds of each append.
    private func singleAppends(
        _ store: EventStore, count: Int, label: String, command: (Int) -> CommandID?
    ) async throws -> [Double] {
        var meter = ProgressMeter(label, total: count)
        defer { meter.finish() }
        let streams = (0..<HistoryPlan.streams).map { StreamID(category: "run", identifier: "\($0)") }
        var times: [Double] = []
        times.reserveCapacity(count)
        for index in 0..<count {
            let watch = Stopwatch()
            try await store.append(
                to: streams[index % streams.count], [MeasuredProgress(index)], commandID: command(index))
            times.append(watch.microseconds)
            if index & 0xFFF == 0 { try meter.advance(to: index) }
        }
        return times
    }

    private func groupedAppends(_ store: EventStore, count: Int) async throws -> Double {
        let watch = Stopwatch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<HistoryPlan.writers {
                group.addTask {
                    let stream = StreamID(category: "run", identifier: "\(writer)")
                    for index in 0..<count / HistoryPlan.writers {
                        try await store.append(to: stream, [MeasuredProgress(index)])
                    }
                }
            }
            try await group.waitForAll()
        }
        return Double(count / HistoryPlan.writers * HistoryPlan.writers) / watch.seconds
    }

    private func fill(_ store: EventStore) async throws {
        var meter = ProgressMeter("events to be read", total: events)
        defer { meter.finish() }
        var done = 0
        while done < events {
            let count = min(1000, events - done)
            let stream = StreamID(category: "run", identifier: "\(done / 1000 % HistoryPlan.streams)")
            try await store.append(to: stream, (done..<done + count).map { MeasuredProgress($0) })
            done += count
            try meter.advance(to: done)
        }
    }

    private func rebuild(_ store: EventStore, _ projection: some CheckedProjection) async throws -> Double {
        var meter = ProgressMeter(projection.name, total: events)
        defer { meter.finish() }
        let watch = Stopwatch()
        try await store.rebuild(projection)
        let seconds = watch.seconds
        let counted = try await store.query(projection) { db, tables in try projection.events(in: db, tables) }
        guard counted == events else { throw MeasurementError("\(counted) of \(events) events were counted.") }
        return Double(events) / seconds
    }

    /// Milliseconds from the start of an append until a subscription has the event, the median.
    private func deliveries(_ store: EventStore, to other: EventStore) async throws -> Double {
        var iterator = other.subscribe(after: try store.lastPosition()).makeAsyncIterator()
        var times: [Double] = []
        for index in 0..<HistoryPlan.deliveries {
            let started = Mutex<UInt64>(0)
            async let appended: Void = {
                // The consumer waits by then.
                await Task.yield()
                started.withLock { $0 = MonotonicClock.now() }
                try await store.append(to: "run-delivery", [MeasuredProgress(index)])
            }()
            _ = try await iterator.next()
            times.append(Double(MonotonicClock.now() - started.withLock { $0 }) / 1e6)
            try await appended
        }
        return Quantile.of(times, 0.5) ?? 0
    }
}

/// What the store of events can do.
struct HistoryReport: Report {
    let appends: Int
    let events: Int
    var appendsPerSecond = 0.0
    var appendMedian = 0.0
    var append99 = 0.0
    var floorPerSecond = 0.0
    var commandsPerSecond = 0.0
    var groupedPerSecond = 0.0
    var rebuildPerSecond = 0.0
    var decodedPerSecond = 0.0
    var listPerSecond = 0.0
    var deliveryMedian = 0.0
    var otherDeliveryMedian = 0.0

    init(plan: HistoryPlan) {
        appends = plan.appends
        events = plan.events
    }

    var title: String { "A store of events: \(Decimals.text(appends)) appends, \(Decimals.text(events)) events read" }

    var figures: [Figure] {
        [
            Figure("single appends", appendsPerSecond, places: 0, "/s"),
            Figure("single append, median", appendMedian, places: 1, "us"),
            Figure("single append, p99", append99, places: 1, "us"),
            Figure("the same by SQLite's own functions", floorPerSecond, places: 0, "/s"),
            Figure("single appends with keys", commandsPerSecond, places: 0, "/s"),
            Figure("100 writers, each on the disk", groupedPerSecond, places: 0, "/s"),
            Figure("rebuild, counting", rebuildPerSecond, places: 0, "events/s"),
            Figure("rebuild, decoding", decodedPerSecond, places: 0, "events/s"),
            Figure("rebuild, the list of runs", listPerSecond, places: 0, "events/s"),
            Figure("delivery, same store", deliveryMedian, places: 3, "ms"),
            Figure("delivery, another store", otherDeliveryMedian, places: 3, "ms"),
        ]
    }

    private enum CodingKeys: String, CodingKey {
        case appends, events
        case appendsPerSecond = "appends_per_s"
        case appendMedian = "append_us_p50"
        case append99 = "append_us_p99"
        case floorPerSecond = "sqlite_appends_per_s"
        case commandsPerSecond = "keyed_appends_per_s"
        case groupedPerSecond = "full_grouped_appends_per_s"
        case rebuildPerSecond = "rebuild_events_per_s"
        case decodedPerSecond = "rebuild_decoded_events_per_s"
        case listPerSecond = "rebuild_list_events_per_s"
        case deliveryMedian = "delivery_ms_p50"
        case otherDeliveryMedian = "other_store_delivery_ms_p50"
    }
}
