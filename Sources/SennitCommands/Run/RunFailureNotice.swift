import ArgumentParser
import Foundation
import Sennit
import SennitPipeline
import SennitWebhooks

/// Tells of a run that could not begin, or whose history could not be kept: who waits for it must hear of that, too.
struct RunFailureNotice {
    private var channels: [NotificationSettings]

    /// Knows the channels of the command line.
    init(_ channels: [NotificationSettings]) { self.channels = channels }

    /// Adds those of a configuration.
    mutating func add(_ more: [NotificationSettings]) { channels = more + channels }

    /// There is nothing to tell any more.
    mutating func drop() { channels = [] }

    /// Whether an error is a failure of the run that nobody has told of: being stopped is none, and neither are
    /// arguments that make no sense; runs of a backfill tell of themselves.
    static func isFailure(_ error: any Error) -> Bool {
        !(error is CancellationError || error is OutputError || error is CommandError || error is ExitCode
            || Task.isCancelled)
    }

    /// Sends what went wrong to those that hear of failures, and notes who could not be told.
    func send(_ error: any Error, pipeline: String?) async {
        let listeners = channels.filter { $0.wants(.failed) }.map { WebhookNotifier($0) }
        guard !listeners.isEmpty else { return }
        var generator = SystemRandomNumberGenerator()
        let run = RunID(milliseconds: Int64(Date().timeIntervalSince1970 * 1000), using: &generator)
        let notification = RunNotification(
            pipeline: pipeline ?? PipelineCatalogue.current.declarations.first?.name ?? "", run: run, status: .failed,
            message: BoundedText.head("The run could not begin or go on: \(error)"), failedSteps: [], milliseconds: 0)
        for listener in listeners {
            let sent = await listener.send(notification)
            try? Console.current.notes.line(RunText.sentence(.notificationSent(sent)))
        }
    }
}
