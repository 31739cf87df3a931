import ArgumentParser
import PriceCommands
import SennitCommands
import Testing

struct EstimateCommandTests {
    @Test func `a bill is asked for`() { #expect(refusal("estimate").code == 64) }

    @Test func `a bill that is not there is named`() async {
        let notes = KeptText()
        let console = Console(output: OutputChannel(keepingIn: KeptText()), notes: OutputChannel(keepingIn: notes))
        let root: any AsyncParsableCommand.Type = PriceRootCommand.self
        let code = await Console.$current.withValue(console) { () async -> Int32 in
            await SennitProgram.run(["estimate", "missing.yml"], of: root)
        }
        #expect(code == 64)
        #expect(notes.text.contains("'missing.yml' cannot be read"))
    }
}
