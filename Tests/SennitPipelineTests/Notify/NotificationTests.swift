import Foundation
import SennitPipeline
import Synchronization
import Testing

/// Keeps what it is sent, and may be broken.
private final class Keeper: RunNotifier {
    let name = "keeper"
    let isBroken: Bool
    private let kept = Mutex<[RunNotification]>([])

    init(isBroken: Bool) { self.isBroken = isBroken }

    var notifications: [RunNotification] { kept.withLock { $0 } }

    func wants(_ status: RunSummary.Status) -> Bool { status == .failed }

    func send(_ notification: RunNotification) async -> NotificationSent {
        kept.withLock { $0.append(notification) }
        return NotificationSent(
            channel: name, isDelivered: !isBroken, attempts: 1, failure: isBroken ? "refused" : nil)
    }
}

@Suite(.timeLimit(.minutes(5)))
struct NotificationTests {
    private let bench = Bench()

    @Test(arguments: [false, true])
    func `a failed run is told, and a broken channel changes nothing but the history`(isBroken: Bool) async throws {
        defer { bench.remove() }
        let keeper = Keeper(isBroken: isBroken)
        var runner = bench.runner()
        runner.notifiers = [keeper]
        let summary = try await runner.run(bench.words(Bench.sample, counting: .writeNothing))
        #expect(summary.status == .failed)
        #expect(keeper.notifications.map(\.failedSteps) == [["count"]])
        #expect(keeper.notifications.first?.message == "Step 'count' failed: nothing to write")
        #expect(summary.notifications.map(\.isDelivered) == [!isBroken])
        _ = try await runner.run(bench.words(Bench.sample))
        #expect(keeper.notifications.count == 1)
    }

    @Test func `values are escaped for JSON, and only there`() throws {
        let notification = RunNotification(
            pipeline: "p", run: try #require(RunID("r")), status: .failed, message: "say \"hi\"\\\n\u{1}",
            failedSteps: ["a", "b"], milliseconds: 250)
        let json = NotificationTemplate.fill(
            #"{"m":"{{ message }}","s":{{seconds}},"o":{"x":{}},"u":"{{unknown}}"}"#, with: notification, asJSON: true)
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect(object?["m"] as? String == "say \"hi\"\\\n\u{1}")
        #expect(object?["s"] as? Double == 0.25)
        #expect(object?["u"] as? String == "{{unknown}}")
        let text = NotificationTemplate.fill("{{failed_steps}}: {{message}} {{", with: notification, asJSON: false)
        #expect(text == "a, b: say \"hi\"\\\n\u{1} {{")
    }

    @Test func `values that look like places are left alone`() throws {
        let notification = RunNotification(
            pipeline: "{{run}}", run: try #require(RunID("r")), status: .failed, message: "", failedSteps: [],
            milliseconds: 0)
        #expect(NotificationTemplate.fill("{{pipeline}}", with: notification, asJSON: true) == "{{run}}")
    }
}
