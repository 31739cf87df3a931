/// Which requests may run, and which wait; pure.
///
/// At most so many run at once, and at most so many of one origin. Origins take turns, so many requests to a slow
/// server do not hold up a single one to another.
struct AdmissionQueue<Element> {
    private let maximumRunning: Int
    private let maximumPerOrigin: Int
    private let maximumWaiting: Int
    private var lanes: [WebURL.Origin: Lane] = [:]
    /// Origins that have somebody waiting and room to run, in the order of their turns.
    private var turns: [WebURL.Origin] = []
    private(set) var runningCount = 0
    private(set) var waitingCount = 0

    private struct Lane {
        var running = 0
        var waiting: [Element] = []
        /// Where the first of those waiting is.
        var first = 0
        var hasTurn = false

        var isWaiting: Bool { first < waiting.count }
    }

    init(maximumRunning: Int, maximumPerOrigin: Int, maximumWaiting: Int) {
        precondition(maximumRunning > 0 && maximumPerOrigin > 0, "a client must be allowed at least one request")
        self.maximumRunning = maximumRunning
        self.maximumPerOrigin = maximumPerOrigin
        self.maximumWaiting = maximumWaiting
    }

    /// Lines up a request.
    ///
    /// - Returns: Whether there was room for it.
    mutating func enqueue(_ element: Element, origin: WebURL.Origin) -> Bool {
        guard waitingCount < maximumWaiting else { return false }
        waitingCount += 1
        lanes[origin, default: Lane()].waiting.append(element)
        giveTurn(to: origin)
        return true
    }

    /// The next request that may run; it counts as running from now on.
    mutating func next() -> Element? {
        guard runningCount < maximumRunning, !turns.isEmpty else { return nil }
        let origin = turns.removeFirst()
        guard var lane = lanes[origin], lane.isWaiting else { preconditionFailure("a turn for nobody") }
        let element = lane.waiting[lane.first]
        lane.first += 1
        if lane.first == lane.waiting.count || lane.first >= 1024 {
            lane.waiting.removeFirst(lane.first)
            lane.first = 0
        }
        lane.running += 1
        lane.hasTurn = false
        lanes[origin] = lane
        runningCount += 1
        waitingCount -= 1
        giveTurn(to: origin)
        return element
    }

    /// A request of this origin has ended.
    mutating func ended(_ origin: WebURL.Origin) {
        guard let lane = lanes[origin], lane.running > 0 else { preconditionFailure("an end without a start") }
        runningCount -= 1
        if lane.running == 1, !lane.isWaiting {
            lanes[origin] = nil
        } else {
            lanes[origin]?.running -= 1
            giveTurn(to: origin)
        }
    }

    private mutating func giveTurn(to origin: WebURL.Origin) {
        guard let lane = lanes[origin], lane.isWaiting, !lane.hasTurn, lane.running < maximumPerOrigin else { return }
        lanes[origin]?.hasTurn = true
        turns.append(origin)
    }
}
