import ArgumentParser
import PriceCommands
import Testing

/// What the program makes of arguments that make no sense: the code it ends with, and what it says.
func refusal(_ line: String) -> (code: Int32, words: String) {
    do {
        _ = try PriceRootCommand.parseAsRoot(line.split(separator: " ").map(String.init))
        return (0, "")
    } catch {
        return (PriceRootCommand.exitCode(for: error).rawValue, PriceRootCommand.fullMessage(for: error))
    }
}

struct PriceRootCommandTests {
    @Test func `the commands have the names that people know`() {
        let names = PriceRootCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        #expect(
            names == [
                "awsscrape", "azurescrape", "delold", "gcpscrape", "pgdump", "pgembed", "pgload", "check", "aggregate",
                "mock", "estimate",
            ])
    }

    @Test(arguments: [
        "awsscrape", "azurescrape", "delold", "gcpscrape", "pgdump", "pgembed", "pgload", "check", "aggregate", "mock",
        "estimate",
    ])
    func `every command explains itself`(name: String) {
        let command = PriceRootCommand.configuration.subcommands.first { $0.configuration.commandName == name }
        let help = command.map { PriceRootCommand.helpMessage(for: $0) } ?? ""
        #expect(help.contains("USAGE: pscraper \(name)"))
        #expect(refusal("\(name) -h").code == 0)
        #expect(refusal("\(name) --nonsense").code == 64)
    }
}
