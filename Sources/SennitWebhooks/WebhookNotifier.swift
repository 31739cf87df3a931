internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NetworkFailure
public import SennitPipeline

/// Tells a webhook of runs that have ended: Slack's incoming webhooks and whatever takes a POST.
///
/// A receiver that is slow, broken or gone costs at most the attempts' timeouts and the pauses between them, and never
/// fails the run. The address is a secret: it is in no error and in no record.
public struct WebhookNotifier: RunNotifier {
    /// What is sent, where, and when.
    public let settings: NotificationSettings

    private let policy: RetryPolicy

    /// Makes a notifier; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - settings: What is sent, where, and when.
    ///   - retry: The pauses between attempts; the number of attempts is that of the settings, if they give one.
    public init(_ settings: NotificationSettings, retry: RetryPolicy = .standard) {
        self.settings = settings
        var policy = retry
        policy.maximumAttempts = max(1, min(100, settings.attempts ?? retry.maximumAttempts))
        self.policy = policy
    }

    /// The channel's name in the history.
    public var name: String { settings.name }

    /// Whether the settings ask for it.
    public func wants(_ status: RunSummary.Status) -> Bool { settings.wants(status) }

    /// Posts the notification, again after a failure that may pass: no connection, a timeout, 429 or 5xx.
    public func send(_ notification: RunNotification) async -> NotificationSent {
        let address: String
        do {
            address = try settings.url.reveal()
        } catch {
            return NotificationSent(channel: name, isDelivered: false, attempts: 0, failure: "\(error)")
        }
        let redactor = Redactor(values: [address])
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        let sent = await send(notification, to: address, with: client, redactor)
        try? await client.shutdown()
        return sent
    }

    private func send(
        _ notification: RunNotification, to address: String, with client: HTTPClient, _ redactor: Redactor
    ) async -> NotificationSent {
        var failure = ""
        var attempt = 0
        while attempt < policy.maximumAttempts {
            attempt += 1
            if attempt > 1 {
                let pause = policy.delay(afterAttempt: attempt - 1, random: Double.random(in: 0...1))
                try? await Task.sleep(for: pause, clock: .continuous)
            }
            do {
                let status = try await post(notification, to: address, with: client)
                guard !(200..<300).contains(status) else {
                    return NotificationSent(channel: name, isDelivered: true, attempts: attempt)
                }
                failure = "the receiver answered with status \(status)"
                if status != 429, status < 500 { break }
            } catch {
                failure = redactor.redact(NetworkFailure.clause(error))
            }
        }
        return NotificationSent(channel: name, isDelivered: false, attempts: attempt, failure: failure)
    }

    private func post(
        _ notification: RunNotification, to address: String, with client: HTTPClient
    ) async throws -> UInt {
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: settings.contentType ?? "application/json")
        request.body = .bytes(Array(settings.body(notification).utf8))
        let timeout = TimeAmount.milliseconds(settings.attemptTimeout.milliseconds)
        return try await client.execute(request, timeout: timeout).status.code
    }
}
