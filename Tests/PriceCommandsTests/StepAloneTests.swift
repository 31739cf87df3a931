import Foundation
import PricePipeline
import SennitCommands
import Testing

@Suite(.timeLimit(.minutes(5))) struct StepAloneTests {
    @Test(arguments: ["gcp", "prices.gcp"])
    func `a provider's step runs alone on lists of one's own`(name: String) async throws {
        try await withFolder { folder in
            try FileManager.default.copyItem(atPath: "\(samples)/gcp", toPath: "\(folder)/gcp")
            let config = "\(folder)/sennit.yaml"
            try "prices: {samples: \(samples), mirror: 'http://127.0.0.1:9'}".write(
                toFile: config, atomically: true, encoding: .utf8)
            let arguments = ["step", "run", name, "--fixture", folder, "--config", config, "--json"]
            let run = await program(arguments, of: SennitRootCommand.self)
            #expect(run.code == 0 && run.output.contains(#""name":"gcp.sql""#), "\(run.output)\(run.notes)")
        }
    }
}
