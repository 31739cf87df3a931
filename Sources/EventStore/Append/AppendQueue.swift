/// Decides who of the callers that append at the same time writes, and for whom.
///
/// The first caller leads: it writes its own events and those of everybody who came meanwhile, up to a limit, in one
/// transaction. Who comes while it writes waits. When it is done, the first of those leads. So a caller that is alone
/// never waits, and the more callers there are, the more share one wait for the disk.
///
/// Pure: no lock, no input or output. The shell holds it in a lock and resumes waiters outside.
struct AppendQueue<Waiter> {
    struct Entry {
        var id: Int
        var request: AppendRequest
        var waiter: Waiter
    }

    enum Arrival {
        /// The caller leads, and has to call ``leave()`` when it is done.
        case lead
        /// The caller's waiter is resumed later.
        case waits
        /// Too many wait already.
        case refused
    }

    private let limit: Int
    private var isLed = false
    private var waiting: [Entry] = []
    private var first = 0

    init(limit: Int) { self.limit = limit }

    var count: Int { waiting.count - first }

    /// A caller that leads if nobody does.
    mutating func tryLead() -> Bool {
        guard !isLed else { return false }
        isLed = true
        return true
    }

    /// A caller that waits if somebody leads.
    mutating func arrive(_ entry: @autoclosure () -> Entry) -> Arrival {
        if tryLead() { return .lead }
        guard count < limit else { return .refused }
        waiting.append(entry())
        return .waits
    }

    /// Those whose events the leader writes with its own.
    mutating func takeGroup(_ most: Int) -> [Entry] {
        let group = Array(waiting[first..<min(waiting.count, first + max(0, most))])
        first += group.count
        compact()
        return group
    }

    /// The leader is done.
    ///
    /// - Returns: Who leads now; nil if nobody waits.
    mutating func leave() -> Entry? {
        assert(isLed)
        guard count > 0 else {
            isLed = false
            return nil
        }
        return takeGroup(1).first
    }

    /// A caller that waits no longer.
    ///
    /// - Returns: Its entry, unless it has been taken already.
    mutating func withdraw(_ id: Int) -> Entry? {
        guard let index = waiting[first...].firstIndex(where: { $0.id == id }) else { return nil }
        return waiting.remove(at: index)
    }

    private mutating func compact() {
        guard first == waiting.count || first > 1024 else { return }
        waiting.removeFirst(first)
        first = 0
    }
}
