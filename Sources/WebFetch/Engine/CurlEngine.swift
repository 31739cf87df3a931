// Safety: an engine is made, used and ended by one thread. libcurl calls back on that thread, within the engine's own
// calls, with the engine as context, which the thread holds.
internal import CCurl

/// The thread that carries every request of one client.
///
/// libcurl's transfers are driven by readiness (`curl_multi_socket_action` over epoll), so a turn costs what is ready,
/// and not what is open: with hundreds of slow servers that is the difference between 0.1 ms and 1 ms of CPU for each
/// request. A command rings the same poller, so a cancellation is acted on as soon as the thread is scheduled.
@safe
final class CurlEngine {
    let settings: EngineSettings
    let trustFile: String?
    private let inbox: EngineInbox
    private let poller: Int32
    private let bell: Int32
    private var multi: UnsafeMutableRawPointer?
    private var known: Set<Int32> = []
    private var curlDeadline: ContinuousClock.Instant?
    private var live: [UInt: LiveTransfer] = [:]
    private var liveByTransfer: [ObjectIdentifier: LiveTransfer] = [:]
    private var queue: AdmissionQueue<Transfer>
    private var abandonedInQueue: Set<ObjectIdentifier> = []
    private var queued: [ObjectIdentifier: Transfer] = [:]
    private var idleHandles: [UnsafeMutableRawPointer] = unsafe []
    private var toWake: [Transfer] = []
    /// No limit of any transfer passes before.
    private var watchDeadline: ContinuousClock.Instant?
    private var isStopping = false

    /// Makes the engine of the thread that calls it; nil if the system gives no poller.
    init?(_ settings: EngineSettings, inbox: EngineInbox) {
        self.settings = settings
        self.inbox = inbox
        trustFile = settings.trust.file
        var bell: Int32 = -1
        poller = unsafe sennit_poller_make(&bell)
        self.bell = bell
        queue = AdmissionQueue(
            maximumRunning: settings.maximumRequests, maximumPerOrigin: settings.maximumRequestsPerOrigin,
            maximumWaiting: settings.maximumWaitingRequests)
        guard poller >= 0 else { return nil }
        var callbacks = Self.callbacks
        unsafe multi = sennit_multi_make(&callbacks, Unmanaged.passUnretained(self).toOpaque())
        guard let multi = unsafe multi else {
            sennit_poller_free(poller, bell)
            return nil
        }
        _ = unsafe sennit_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.maximumIdleConnections)
        _ = unsafe sennit_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    }

    /// Works until it is told to stop; then ends what is under way and lets go of everything.
    func run() {
        inbox.open(bell: bell)
        var ready = [sennit_ready](repeating: sennit_ready(), count: 128)
        while !isStopping {
            let count = unsafe sennit_poller_wait(poller, bell, &ready, Int32(ready.count), waitMilliseconds())
            for event in ready.prefix(max(0, Int(count))) where event.descriptor != bell {
                act(event.descriptor, event.readiness)
            }
            if let due = curlDeadline, due <= .now {
                curlDeadline = nil
                act(CURL_SOCKET_BAD, 0)
            }
            for command in inbox.take() { perform(command) }
            endWhatIsDone()
            endWhatIsOverdue()
            // Last, since every end makes room for a request that waits.
            admit()
            wakeReaders()
        }
        shutDown()
    }

    /// Has a transfer's reader look again, once this turn's work is done: a small response then wakes it once.
    func mustWake(_ live: LiveTransfer) {
        if toWake.last !== live.transfer { toWake.append(live.transfer) }
    }

    private func wakeReaders() {
        for transfer in toWake { transfer.wakeReader() }
        toWake.removeAll(keepingCapacity: true)
    }

    private func act(_ descriptor: Int32, _ readiness: Int32) {
        guard let multi = unsafe multi else { return }
        _ = unsafe sennit_multi_act(multi, descriptor, readiness)
    }

    private func waitMilliseconds() -> Int32 {
        let deadlines = [curlDeadline, watchDeadline].compactMap(\.self)
        guard let first = deadlines.min() else { return -1 }
        let left = ContinuousClock.now.duration(to: first)
        guard left > .zero else { return 0 }
        let parts = left.components
        // Rounded up, or the last millisecond would be spent in a spin.
        let milliseconds = min(parts.seconds, 3600) * 1000 + parts.attoseconds / 1_000_000_000_000_000 + 1
        return Int32(milliseconds)
    }

    // MARK: Commands

    private func perform(_ command: EngineInbox.Command) {
        switch command {
        case .start(let transfer):
            guard queue.enqueue(transfer, origin: transfer.call.url.origin) else {
                return EngineInbox.refuse(transfer, .clientUnavailable, "too many requests are waiting")
            }
            queued[ObjectIdentifier(transfer)] = transfer
            noteDeadline(transfer.call.deadline)
        case .abandon(let transfer):
            if let live = liveByTransfer[ObjectIdentifier(transfer)] {
                end(live, .complete)
            } else if queued[ObjectIdentifier(transfer)] != nil {
                abandonedInQueue.insert(ObjectIdentifier(transfer))
            }
        case .discard(let transfer): liveByTransfer[ObjectIdentifier(transfer)]?.discard()
        case .resume(let transfer): liveByTransfer[ObjectIdentifier(transfer)]?.resume()
        case .feed(let transfer): liveByTransfer[ObjectIdentifier(transfer)]?.feed()
        case .stop: isStopping = true
        }
    }

    private func admit() {
        while let transfer = queue.next() {
            let id = ObjectIdentifier(transfer)
            queued[id] = nil
            guard abandonedInQueue.remove(id) == nil else {
                queue.ended(transfer.call.url.origin)
                continue
            }
            start(transfer)
        }
    }

    private func start(_ transfer: Transfer) {
        guard let multi = unsafe multi, let easy = unsafe idleHandles.popLast() ?? sennit_easy_make() else {
            queue.ended(transfer.call.url.origin)
            return EngineInbox.refuse(transfer, .internalFailure, "libcurl is out of memory")
        }
        let live = unsafe LiveTransfer(transfer, easy: easy, engine: self)
        do throws(WebFetchError) {
            try live.prepare()
        } catch {
            unsafe sennit_easy_free(easy)
            queue.ended(transfer.call.url.origin)
            transfer.ended(.failed(error), report: WebReport())
            return transfer.wakeReader()
        }
        self.live[UInt(bitPattern: easy)] = live
        liveByTransfer[ObjectIdentifier(transfer)] = live
        noteDeadline(of: live)
        _ = unsafe sennit_multi_add(multi, easy)
    }

    // MARK: Ends

    private func endWhatIsDone() {
        guard let multi = unsafe multi else { return }
        var code = CURLE_OK
        while let easy = unsafe sennit_multi_next_ended(multi, &code) {
            guard let live = live[UInt(bitPattern: easy)] else {
                preconditionFailure("libcurl ended an unknown transfer")
            }
            end(live, live.ending(code))
        }
    }

    private func endWhatIsOverdue() {
        let now = ContinuousClock.now
        guard let due = watchDeadline, due <= now else { return }
        watchDeadline = nil
        for live in Array(live.values) {
            if live.failIfOverdue(at: now), let failure = live.failure {
                end(live, .failed(failure))
            } else {
                noteDeadline(of: live)
            }
        }
        for (id, transfer) in queued where !abandonedInQueue.contains(id) {
            guard transfer.call.deadline <= now else {
                noteDeadline(transfer.call.deadline)
                continue
            }
            abandonedInQueue.insert(id)
            EngineInbox.refuse(
                transfer, .timedOut, "the fetch waited for its turn longer than its whole time", limit: .whole)
        }
    }

    /// Deadlines only grow while bytes move, so it is enough to look again at the earliest one that was seen.
    ///
    /// A stage that begins may bring an earlier one, so each begin is noted here.
    func noteDeadline(of live: LiveTransfer) { noteDeadline(live.watch.deadline) }

    private func noteDeadline(_ deadline: ContinuousClock.Instant) {
        watchDeadline = watchDeadline.map { min($0, deadline) } ?? deadline
    }

    /// Takes a transfer away from libcurl and tells its reader.
    private func end(_ live: LiveTransfer, _ ending: Transfer.Ending) {
        guard let multi = unsafe multi else { return }
        let transfer = live.transfer
        let report = live.report
        _ = unsafe sennit_multi_remove(multi, live.easy)
        unsafe self.live[UInt(bitPattern: live.easy)] = nil
        liveByTransfer[ObjectIdentifier(transfer)] = nil
        if unsafe idleHandles.count < 64 {
            unsafe sennit_easy_reset(live.easy)
            unsafe idleHandles.append(live.easy)
        } else {
            unsafe sennit_easy_free(live.easy)
        }
        queue.ended(transfer.call.url.origin)
        transfer.ended(ending, report: report)
        toWake.append(transfer)
    }

    private func shutDown() {
        let waiting = Array(queued.values)
        for live in Array(live.values) {
            end(live, .failed(live.error(.clientUnavailable, "the client was closed", live.phase)))
        }
        wakeReaders()
        for transfer in waiting { EngineInbox.refuse(transfer, .clientUnavailable, "the client was closed") }
        inbox.refuseFromNowOn(.clientUnavailable, "the client was closed")
        while let easy = unsafe idleHandles.popLast() { unsafe sennit_easy_free(easy) }
        if let multi = unsafe multi { unsafe sennit_multi_free(multi) }
        unsafe multi = nil
        sennit_poller_free(poller, bell)
    }

    // MARK: Calls of libcurl

    private func watch(_ descriptor: Int32, _ what: Int32) {
        if what == CURL_POLL_REMOVE {
            guard known.remove(descriptor) != nil else { return }
            _ = sennit_poller_watch(poller, descriptor, what, 1)
        } else {
            let isKnown = known.contains(descriptor)
            known.insert(descriptor)
            _ = sennit_poller_watch(poller, descriptor, what, isKnown ? 1 : 0)
        }
    }

    private static func engine(_ context: UnsafeMutableRawPointer) -> CurlEngine {
        unsafe Unmanaged<CurlEngine>.fromOpaque(context).takeUnretainedValue()
    }

    private static var callbacks: sennit_multi_callbacks {
        unsafe sennit_multi_callbacks(
            watch: { _, descriptor, what, context, _ in
                guard let context = unsafe context else { return -1 }
                unsafe CurlEngine.engine(context).watch(descriptor, what)
                return 0
            },
            wake: { _, milliseconds, context in
                guard let context = unsafe context else { return -1 }
                let deadline = milliseconds < 0 ? nil : ContinuousClock.now + .milliseconds(milliseconds)
                unsafe CurlEngine.engine(context).curlDeadline = deadline
                return 0
            })
    }
}
