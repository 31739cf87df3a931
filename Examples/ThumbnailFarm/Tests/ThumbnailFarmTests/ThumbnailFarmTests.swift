import Sennit
import Testing
import ThumbnailFarm

/// These crash real worker processes; the test's own process only hears of it.
struct ThumbnailFarmTests {
    @Test(.timeLimit(.minutes(5)))
    func `a picture that crashes the library is quarantined, and all others come through`() async throws {
        let good = (0..<40).map { (name: "good \($0)", bytes: graymap(shade: UInt8($0))) }
        let harvest = try await harvest(good[..<20] + [(name: "broken", bytes: broken)] + good[20...])
        #expect(harvest.failed.isEmpty)
        #expect(harvest.thumbnails.count == good.count)
        #expect(harvest.thumbnails["good 7"] == Thumbnail(side: 8, pixels: Array(repeating: 7, count: 64)))
        let poison = try #require(harvest.quarantined["broken"])
        #expect(poison.deaths == 2)
        #expect(poison.lastDeath.exitStatus.signalName == "SIGSEGV")
        #expect(harvest.workersLost >= 2)
    }

    @Test(.timeLimit(.minutes(5)))
    func `what is no picture is refused by its own error, and kills nobody`() async throws {
        let harvest = try await harvest([(name: "text", bytes: Array("no picture".utf8))])
        #expect(harvest.refused == ["text"])
        #expect(harvest.workersLost == 0)
    }

    private let broken = Array("P5 30000 30000 255\n".utf8)

    private func graymap(shade: UInt8) -> [UInt8] {
        Array("P5 32 32 255\n".utf8) + Array(repeating: shade, count: 32 * 32)
    }
}
