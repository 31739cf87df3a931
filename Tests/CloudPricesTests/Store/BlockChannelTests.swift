import CloudPrices
import Testing

@Suite struct BlockChannelTests {
    private struct Refused: Error {}

    @Test func `blocks arrive in order, and then the end`() throws {
        let channel = BlockChannel(capacity: 2)
        try channel.send([1])
        try channel.send([2])
        #expect(try channel.receive() == [1])
        #expect(try channel.receive() == [2])
        channel.finish(isWhole: true)
        #expect(try channel.receive() == nil)
    }

    @Test func `what is not whole is not received`() throws {
        let channel = BlockChannel(capacity: 2)
        try channel.send([1])
        channel.finish(isWhole: false)
        #expect(throws: CancellationError.self) { try channel.receive() }
    }

    @Test func `after a failure of the receiver every block is refused`() throws {
        let channel = BlockChannel(capacity: 1)
        try channel.send([1])
        channel.fail(Refused())
        for _ in 0..<3 { #expect(throws: Refused.self) { try channel.send([2]) } }
    }

    @Test func `a channel can go while blocks are in it`() async {
        await #expect(processExitsWith: .success) {
            let channel = BlockChannel(capacity: 2)
            try channel.send([1])
            try channel.send([2])
        }
    }
}
