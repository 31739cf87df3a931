// Safety: the bell is a descriptor, which the thread closes once the lock has let nobody ring it any more.
internal import CCurl
internal import Synchronization

/// What tasks ask of the thread.
///
/// Ringing wakes it within microseconds, wherever it waits.
final class EngineInbox: Sendable {
    enum Command {
        case start(Transfer)
        /// The reader has gone: the transfer ends now.
        case abandon(Transfer)
        /// The reader wants no more: what is left is dropped, if it is little.
        case discard(Transfer)
        /// The reader has room again.
        case resume(Transfer)
        /// There is something new to send.
        case feed(Transfer)
        case stop
    }

    private struct Refusal {
        var code: WebFetchError.Code
        var detail: String
    }

    private struct State {
        var commands: [Command] = []
        var bell: Int32?
        /// Why nothing is taken any more.
        var refusal: Refusal?
        var isRung = false
    }

    private let state = Mutex(State())

    /// Leaves a command.
    ///
    /// After the thread has ended, a start fails at once and all else is dropped.
    func send(_ command: Command) {
        let refusal = state.withLock { state -> Refusal? in
            guard state.refusal == nil else { return state.refusal }
            state.commands.append(command)
            if !state.isRung, let bell = state.bell {
                state.isRung = true
                sennit_poller_ring(bell)
            }
            return nil
        }
        guard let refusal, case .start(let transfer) = command else { return }
        Self.refuse(transfer, refusal.code, refusal.detail)
    }

    /// Every command since the last call.
    func take() -> [Command] {
        state.withLock { state in
            defer { state.commands.removeAll(keepingCapacity: true) }
            state.isRung = false
            return state.commands
        }
    }

    /// From now on the bell is rung.
    func open(bell: Int32) {
        state.withLock { state in
            state.bell = bell
            state.isRung = true
            sennit_poller_ring(bell)
        }
    }

    /// From now on every start fails with this reason, as do those that nobody has taken.
    func refuseFromNowOn(_ code: WebFetchError.Code, _ detail: String) {
        let commands = state.withLock { state in
            defer { state.commands = [] }
            state.refusal = Refusal(code: code, detail: detail)
            state.bell = nil
            return state.commands
        }
        for command in commands {
            if case .start(let transfer) = command { Self.refuse(transfer, code, detail) }
        }
    }

    /// Ends a transfer that never started.
    static func refuse(
        _ transfer: Transfer, _ code: WebFetchError.Code, _ detail: String, limit: WebFetchError.Limit? = nil
    ) {
        let error = WebFetchError(
            code, url: transfer.call.shownURL, phase: .preparing, detail: detail, limit: limit)
        transfer.ended(.failed(error), report: WebReport())
        transfer.wakeReader()
    }
}
