import Sennit
import Testing

extension PayloadTests {
    @Suite("Segment registry, any order of events")
    struct RegistryProperties {
        /// A buffer somebody holds, and what it must contain.
        private struct Holding {
            let segment: SegmentReference
            let owner: Int
            let content: Int
        }

        @Test(arguments: 0..<100)
        func `whoever holds a buffer finds its bytes, and at the end nothing is left`(_ number: Int) throws {
            var seed = Seed(number)
            var limits = SegmentRegistry.Limits()
            limits.cachedSegments = 4
            // A parent with two workers: everything goes through the parent.
            let peers = Peers(3, limits: limits)
            var held: [Holding] = []
            for step in 1...400 {
                switch Int.random(in: 0..<10, using: &seed) {
                case 0, 1:
                    let owner = Int.random(in: 0..<3, using: &seed)
                    let segment = try peers[owner].make([100, 5000, 100_000].randomElement(using: &seed) ?? 1)
                    unsafe segment.baseAddress.storeBytes(of: step, as: Int.self)
                    held.append(Holding(segment: segment, owner: owner, content: step))
                case 2, 3, 4:
                    guard let one = held.randomElement(using: &seed) else { continue }
                    let receiver = one.owner == 0 ? Int.random(in: 1...2, using: &seed) : 0
                    try peers.send(one.segment, from: one.owner, to: receiver, for: .buffer)
                    let there = try #require(peers[receiver].reference(to: one.segment.id))
                    held.append(Holding(segment: there, owner: receiver, content: one.content))
                case 5:
                    // Bytes: the peer reads them while the sender holds on, then the segment is free.
                    let (from, to) = Bool.random(using: &seed) ? (0, 1) : (2, 0)
                    let segment = try peers[from].make(5000)
                    unsafe segment.baseAddress.storeBytes(of: -step, as: Int.self)
                    try peers.send(segment, from: from, to: to, for: .bytes)
                    let there = try #require(peers[to].reference(to: segment.id))
                    #expect(unsafe there.baseAddress.load(as: Int.self) == -step)
                case 6:
                    let (from, to) = [(0, 1), (0, 2), (1, 0), (2, 0)].randomElement(using: &seed) ?? (0, 1)
                    peers.deliverForgotten(from: from, to: to)
                default:
                    if let index = held.indices.randomElement(using: &seed) { held.remove(at: index) }
                }
                for one in held { try #require(unsafe one.segment.baseAddress.load(as: Int.self) == one.content) }
            }
            held = []
            for (from, to) in [(1, 0), (2, 0), (0, 1), (0, 2)] { peers.deliverForgotten(from: from, to: to) }
            for registry in peers.registries {
                registry.trim(olderThan: .zero)
            }
            for (from, to) in [(1, 0), (2, 0), (0, 1), (0, 2)] { peers.deliverForgotten(from: from, to: to) }
            for registry in peers.registries {
                let statistics = registry.statistics
                #expect(statistics.used == 0 && statistics.lentToUs == 0)
                #expect(statistics.mappedBytes == 0)
            }
        }
    }
}
