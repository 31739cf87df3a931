import ArgumentParser
import DataChecksCommands
import Testing

struct CheckCommandTests {
    @Test(arguments: [
        [], ["a.yml", "--variable", "NAME"], ["a.yml", "--variable", "=x"], ["a.yml", "--port", "0"],
        ["a.yml", "--samples", "-1"], ["a.yml", "--nothing"],
    ])
    func `arguments that make no sense`(arguments: [String]) {
        #expect(throws: (any Error).self) { try CheckCommand.parse(arguments) }
    }

    @Test func `a database that is not there is an error, not a failure`() throws {
        let command = try CheckCommand.parse(["a.yml", "--host", "/nowhere/at/all"])
        let error = #expect(throws: ExitCode.self) { try command.run() }
        #expect(error?.rawValue == 3)
    }

    @Test func `help says what the statuses mean`() {
        #expect(CheckCommand.helpMessage().contains("2 if one failed"))
    }
}
