/// Why segments that were sent could not be taken over, for those who wait for them.
///
/// Only the newest are remembered: whoever waits is told at once.
struct SegmentLosses {
    private var reasons: [SegmentID: SegmentError] = [:]
    private var order: [SegmentID] = []

    /// How many are remembered.
    static let capacity = 256

    mutating func note(_ id: SegmentID, _ reason: SegmentError) {
        if reasons.updateValue(reason, forKey: id) == nil { order.append(id) }
        if order.count > Self.capacity { reasons[order.removeFirst()] = nil }
    }

    /// The segment has come after all.
    mutating func forget(_ id: SegmentID) {
        guard reasons.removeValue(forKey: id) != nil else { return }
        order.removeAll { $0 == id }
    }

    func reason(for id: SegmentID) -> SegmentError? { reasons[id] }
}
