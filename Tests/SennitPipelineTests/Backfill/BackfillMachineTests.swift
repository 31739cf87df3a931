import SennitPipeline
import Testing

@Suite struct BackfillMachineTests {
    /// Plays a backfill in which ends come in any order, and checks what the machine promises.
    @Test(arguments: 0..<200)
    func `bounded, in order, each once, and one finish`(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let count = Int.random(in: 0...40, using: &generator)
        let limit = Int.random(in: 1...5, using: &generator)
        let skipped = Set((0..<count).filter { _ in Int.random(in: 0..<4, using: &generator) == 0 })
        let stopsAt = Int.random(in: 0...80, using: &generator)
        var machine = BackfillMachine(partitions: count, skipped: skipped, maximumRuns: limit)
        var running: [Int] = []
        var begun: [Int] = []
        var finishes = 0
        var stopped = false
        var actions = machine.handle(.begin)
        var turn = 0
        while true {
            for action in actions {
                switch action {
                case .start(let partition):
                    #expect(!stopped)
                    #expect(!skipped.contains(partition))
                    #expect(begun.last.map { $0 < partition } ?? true)
                    begun.append(partition)
                    running.append(partition)
                case .finish:
                    finishes += 1
                    #expect(running.isEmpty)
                }
            }
            #expect(running.count <= limit)
            guard finishes == 0, let ended = running.randomElement(using: &generator) else { break }
            turn += 1
            if turn == stopsAt {
                stopped = true
                actions = machine.handle(.cancel)
                continue
            }
            running.removeAll { $0 == ended }
            let isImpossible = Int.random(in: 0..<60, using: &generator) == 0
            if isImpossible { stopped = true }
            let end: BackfillMachine.End =
                isImpossible ? .impossible : Bool.random(using: &generator) ? .finished : .failed
            actions = machine.handle(.ended(partition: ended, end))
            #expect(machine.handle(.ended(partition: ended, .failed)) == [])
        }
        #expect(finishes == 1)
        if !stopped { #expect(begun == (0..<count).filter { !skipped.contains($0) }) }
        #expect(machine.handle(.cancel) == [] && machine.handle(.begin) == [])
    }

    @Test func `a failure keeps no other partition from running, a store that fails does`() {
        var machine = BackfillMachine(partitions: 3, skipped: [], maximumRuns: 1)
        #expect(machine.handle(.begin) == [.start(partition: 0)])
        #expect(machine.handle(.ended(partition: 0, .failed)) == [.start(partition: 1)])
        #expect(machine.handle(.ended(partition: 1, .impossible)) == [.finish])
        #expect(machine.states == [.ended(.failed), .ended(.impossible), .waiting])
    }
}
