import SennitTesting
import Testing

struct OutsidePatienceTests {
    @Test func `it ends after so many rounds in which the outside had its turn`() {
        var patience = OutsidePatience()
        for _ in 1..<OutsidePatience.mostSilentRounds {
            patience.roundPassed(outsideHadItsTurn: true)
            #expect(!patience.isExhausted)
        }
        patience.roundPassed(outsideHadItsTurn: true)
        #expect(patience.isExhausted)
    }

    @Test func `rounds on a machine that is too busy for the outside do not count`() {
        var patience = OutsidePatience()
        for _ in 0..<OutsidePatience.mostSilentRounds { patience.roundPassed(outsideHadItsTurn: false) }
        #expect(!patience.isExhausted)
        for _ in 0..<OutsidePatience.mostSilentRounds { patience.roundPassed(outsideHadItsTurn: true) }
        #expect(patience.isExhausted)
    }

    @Test func `an outside that is blocked for ever does not keep a simulation for ever`() {
        var patience = OutsidePatience()
        var rounds = 0
        while !patience.isExhausted {
            patience.roundPassed(outsideHadItsTurn: false)
            rounds += 1
        }
        #expect(rounds == OutsidePatience.mostRounds)
    }
}
