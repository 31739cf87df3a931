import Sennit
import Testing

extension PayloadTests {
    @Suite("Arena")
    struct Arena {
        @Test func `blocks are aligned and come from the front`() throws {
            let arena = Held(byteCount: 1 << 20)
            let first = try #require(arena.allocate(1))
            let second = try #require(arena.allocate(65))
            let third = try #require(arena.allocate(0))
            #expect([first.offset, second.offset, third.offset] == [0, 64, 192])
            #expect(first.length == 1 && third.length == 0)
            #expect(arena.statistics.usedBytes == 256)
        }

        @Test func `a full arena refuses and serves again after a block came back`() throws {
            let arena = Held(byteCount: 4 * 64, maximumBlockBytes: 128)
            let blocks = try (0..<4).map { _ in try #require(arena.allocate(64)) }
            #expect(arena.allocate(1) == nil)
            #expect(arena.statistics.refusals == 1)
            arena.free(blocks[1])
            #expect(arena.allocate(65) == nil)
            arena.free(blocks[2])
            #expect(arena.allocate(65)?.offset == 64)
        }

        @Test func `the smallest extent that fits is taken`() throws {
            let arena = Held(byteCount: 1 << 20)
            let sizes = [640, 64, 192, 64, 320, 64]
            let blocks = try sizes.map { try #require(arena.allocate($0)) }
            for hole in [0, 2, 4] { arena.free(blocks[hole]) }
            #expect(arena.allocate(150)?.offset == blocks[2].offset)
            #expect(arena.allocate(300)?.offset == blocks[4].offset)
            #expect(arena.allocate(300)?.offset == blocks[0].offset)
        }

        @Test func `a block is freed once, and only by the arena that gave it`() throws {
            let arena = Held(byteCount: 1 << 16)
            let other = Held(byteCount: 1 << 16)
            _ = try #require(other.allocate(64))
            let foreign = try #require(other.allocate(64))
            let block = try #require(arena.allocate(64))
            #expect(!arena.free(foreign))
            #expect(arena.free(block))
            #expect(!arena.free(block))
            #expect(arena.statistics.usedBytes == 0 && arena.statistics.freeExtents == 1)
        }

        @Test(arguments: [-1, 1 << 17, Int.max])
        func `impossible sizes are refused`(_ size: Int) {
            let arena = Held(byteCount: 1 << 20, maximumBlockBytes: 1 << 16)
            #expect(arena.allocate(size) == nil)
        }

        @Test(arguments: [0, 1, 63])
        func `a region without room serves nothing`(_ size: Int) {
            let arena = Held(byteCount: size)
            #expect(arena.allocate(1) == nil)
            #expect(arena.statistics.largestFreeBytes == 0)
        }

        @Test(arguments: 0..<60)
        func `blocks never overlap, none is lost, and all freed make one extent`(_ number: Int) throws {
            var seed = Seed(number)
            let size = Int.random(in: 64...(1 << 18), using: &seed)
            let longest = Int.random(in: 64...8192, using: &seed)
            let arena = Held(byteCount: size, maximumBlockBytes: longest)
            var owner = [Int](repeating: -1, count: arena.byteCount / 64)
            var live: [(block: PayloadArena.Block, name: Int)] = []
            for name in 0..<3000 {
                if Int.random(in: 0..<100, using: &seed) < (name / 500 % 2 == 0 ? 65 : 35) {
                    let length = Int.random(in: 0...arena.maximumBlockBytes, using: &seed)
                    let granules = max(1, (length + 63) / 64)
                    guard let block = arena.allocate(length) else {
                        #expect(longestRun(of: -1, in: owner) < granules, "refused although there was room")
                        continue
                    }
                    let range = block.offset / 64..<block.offset / 64 + granules
                    try #require(range.upperBound <= owner.count && owner[range].allSatisfy { $0 == -1 })
                    for granule in range { owner[granule] = name }
                    live.append((block, name))
                } else if let index = live.indices.randomElement(using: &seed) {
                    let (block, name) = live.remove(at: index)
                    for granule in owner.indices where owner[granule] == name { owner[granule] = -1 }
                    try #require(arena.free(block))
                }
            }
            #expect(arena.statistics.usedBytes == owner.count { $0 != -1 } * 64)
            for (block, _) in live.shuffled(using: &seed) { try #require(arena.free(block)) }
            let end = arena.statistics
            #expect(end.usedBytes == 0 && end.blocks == 0 && end.freeExtents == 1)
            #expect(end.largestFreeBytes == arena.byteCount)
        }

        /// An arena that the test macros can change.
        private final class Held {
            private var arena: PayloadArena
            init(byteCount: Int, maximumBlockBytes: Int = 64 * 1024) {
                arena = PayloadArena(byteCount: byteCount, maximumBlockBytes: maximumBlockBytes)
            }
            var byteCount: Int { arena.byteCount }
            var maximumBlockBytes: Int { arena.maximumBlockBytes }
            var statistics: PayloadArena.Statistics { arena.statistics }
            func allocate(_ byteCount: Int) -> PayloadArena.Block? { arena.allocate(byteCount) }
            @discardableResult func free(_ block: PayloadArena.Block) -> Bool { arena.free(block) }
        }

        private func longestRun(of value: Int, in values: [Int]) -> Int {
            var (longest, current) = (0, 0)
            for next in values {
                current = next == value ? current + 1 : 0
                longest = max(longest, current)
            }
            return longest
        }
    }
}
