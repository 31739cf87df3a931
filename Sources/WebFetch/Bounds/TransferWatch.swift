/// Watches one request's time; pure: every instant is passed in.
///
/// ```text
/// connecting ─ connected ─▶ waiting ─ first line ─▶ reading ◀─ pause, resume ─▶ paused
///  connect                  firstByte               idle, rate                    whole
/// ```
struct TransferWatch {
    typealias Instant = ContinuousClock.Instant

    enum Stage: Equatable { case connecting, waiting, reading, paused }

    private let limits: WebLimits
    /// When the whole fetch must have ended.
    private var wholeDeadline: Instant
    private(set) var stage = Stage.connecting
    /// When the present stage began, or its last byte moved.
    private var lastMove: Instant
    private var windowStart: Instant
    private var windowByteCount = 0

    init(_ limits: WebLimits, start: Instant, wholeDeadline: Instant) {
        self.limits = limits
        self.wholeDeadline = wholeDeadline
        lastMove = start
        windowStart = start
    }

    /// The connection stands; the request is sent next.
    mutating func connected(at now: Instant) {
        stage = .waiting
        lastMove = now
    }

    /// A piece of the request's body was sent.
    mutating func sent(at now: Instant) {
        if stage == .waiting { lastMove = now }
    }

    /// Bytes of the response came.
    mutating func received(_ count: Int, at now: Instant) {
        lastMove = now
        switch stage {
        case .connecting, .waiting:
            stage = .reading
            windowStart = now
            windowByteCount = count
        case .reading, .paused: windowByteCount += count
        }
    }

    /// The reader does not read; the server is not to blame for silence.
    mutating func paused() { stage = .paused }

    /// The reader reads again.
    mutating func resumed(at now: Instant) {
        guard stage == .paused else { return }
        stage = .reading
        lastMove = now
        windowStart = now
        windowByteCount = 0
    }

    /// Nobody waits for the rest; it must have come by then.
    mutating func hurry(until deadline: Instant) { wholeDeadline = min(wholeDeadline, deadline) }

    /// The earliest instant at which a limit may pass.
    var deadline: Instant {
        switch stage {
        case .connecting: return min(wholeDeadline, lastMove + limits.connect)
        case .waiting: return min(wholeDeadline, lastMove + limits.firstByte)
        case .paused: return wholeDeadline
        case .reading:
            let silence = min(wholeDeadline, lastMove + limits.idle)
            return limits.minimumBytesPerSecond > 0 ? min(silence, windowStart + limits.rateWindow) : silence
        }
    }

    /// The limit that has passed, or nil.
    ///
    /// Ends a window of the minimum rate that has gone well.
    mutating func passedLimit(at now: Instant) -> WebFetchError.Limit? {
        if now >= wholeDeadline { return .whole }
        switch stage {
        case .connecting: return now >= lastMove + limits.connect ? .connect : nil
        case .waiting: return now >= lastMove + limits.firstByte ? .firstByte : nil
        case .paused: return nil
        case .reading:
            if now >= lastMove + limits.idle { return .idle }
            return isTooSlow(at: now) ? .minimumRate : nil
        }
    }

    private mutating func isTooSlow(at now: Instant) -> Bool {
        let elapsed = windowStart.duration(to: now)
        guard limits.minimumBytesPerSecond > 0, elapsed >= limits.rateWindow else { return false }
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        guard Double(windowByteCount) >= seconds * Double(limits.minimumBytesPerSecond) else { return true }
        windowStart = now
        windowByteCount = 0
        return false
    }
}
