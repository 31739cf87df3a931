import ArgumentParser
import PriceCommands
import Testing

struct PublishCommandsTests {
    @Test(arguments: [
        ("delold --weeks=-1", "0 to 5200"), ("pgdump", "--file"), ("pgdump --file a --provider oracle", "aws, azure"),
        ("pgdump --file a --unchecked --check b", "exclude each other"), ("aggregate", "dumps"),
    ])
    func `what makes no sense`(line: String, words: String) {
        #expect(refusal(line).code == 64)
        #expect(refusal(line).words.contains(words), "\(refusal(line).words)")
    }

    @Test func `a bucket without a key says what to set`() throws {
        let options = try StorageOptions.parse(["--storage", "s3://prices-of-nobody"])
        let error = #expect(throws: (any Error).self) { try options.open() }
        #expect(error.map { "\($0)".contains("STORAGE_KEY") } == true)
    }
}
