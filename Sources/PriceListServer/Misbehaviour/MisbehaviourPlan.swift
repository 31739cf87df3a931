import Synchronization

/// What is left to do wrong, and what was asked so far.
final class MisbehaviourPlan: Sendable {
    private let state: Mutex<(rules: [Misbehaviour], requests: [String], versions: Int)>
    /// How many requests are kept.
    private static let keptRequests = 100_000

    init(_ rules: [Misbehaviour]) { state = Mutex((rules, [], 0)) }

    var requests: [String] { state.withLock { $0.requests } }

    func add(_ more: [Misbehaviour]) { state.withLock { $0.rules += more } }

    /// Notes a request and takes what is to be done wrong about it.
    func take(_ target: String) -> [Misbehaviour.Kind] {
        state.withLock { state in
            if state.requests.count < Self.keptRequests { state.requests.append(target) }
            var kinds: [Misbehaviour.Kind] = []
            for index in state.rules.indices
            where target.contains(state.rules[index].path) || state.rules[index].path.isEmpty {
                if let times = state.rules[index].times {
                    guard times > 0 else { continue }
                    state.rules[index].times = times - 1
                }
                kinds.append(state.rules[index].kind)
                // One thing at a time: rules of the same path come one after the other.
                if state.rules[index].times != nil { break }
            }
            return kinds
        }
    }

    /// A number that was not given before.
    func nextVersion() -> Int {
        state.withLock { state in
            state.versions += 1
            return state.versions
        }
    }
}
