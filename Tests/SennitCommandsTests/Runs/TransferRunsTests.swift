import ArgumentParser
import Foundation
import SennitCommands
import Testing

@Suite(.timeLimit(.minutes(5)))
struct TransferRunsTests {
    @Test func `what was exported is imported, once`() async throws {
        let place = try ShoutingPlace()
        let other = try ShoutingPlace()
        defer {
            place.remove()
            other.remove()
        }
        let failed = try await place.run("run", fails: true, words: "no\u{9B}voice")
        #expect(failed.code == 1)
        let file = "\(place.directory)/history.jsonl"
        let exported = try await place.run("runs export \(file)")
        #expect(exported.output.hasSuffix("events written.\n"), "\(exported.notes)")
        let imported = try await other.run("runs import \(file)")
        #expect(imported.output == exported.output.replacing("written", with: "added"), "\(imported.notes)")
        #expect(try await other.run("runs import \(file)").output == "0 events added.\n")
        #expect(try await other.run("runs import \(file) --json").output == "{\"events\":0}\n")
        let here = try await place.run("runs show last --json")
        #expect(try await other.run("runs show last --json").output == here.output)
        // Without its artefacts a step runs again.
        #expect(try await other.run("run --resume last").code == 0)
    }

    @Test(arguments: [
        ("runs import /nowhere/file", "'/nowhere/file' cannot be read"), ("runs export /nowhere/file", "no history"),
    ])
    func `what cannot be is said`(line: String, words: String) async throws {
        let place = try ShoutingPlace()
        defer { place.remove() }
        let run = try await place.run(line)
        #expect(run.code == 64)
        #expect(run.notes.contains(words), "\(run.notes)")
    }
}

struct AdviceTests {
    /// The commands in quotes, such as 'sennit runs list', in the texts of this repository's sources.
    private static func named() throws -> Set<String> {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        var found: Set<String> = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
                // A text that goes on in the next line.
                .replacing(#/ \\\n */#, with: " ").replacing(#/ "\n *\+ "/#, with: " ")
            for match in text.matches(of: #/'sennit ((?:[a-z][a-z-]* ?)+)[^']*'/#) {
                found.insert(String(match.1).trimmingCharacters(in: .whitespaces))
            }
        }
        return found
    }

    @Test func `every command that a text names is one`() throws {
        let named = try Self.named()
        #expect(named.contains("runs prune") && named.contains("runs import") && named.contains("step list"))
        for line in named {
            var command: any ParsableCommand.Type = SennitRootCommand.self
            for word in line.split(separator: " ") {
                let children = command.configuration.subcommands
                let next = children.first { $0.configuration.commandName == String(word) }
                // A command without subcommands takes arguments.
                guard let next else {
                    #expect(children.isEmpty, "'sennit \(line)' has no '\(word)'")
                    break
                }
                command = next
            }
        }
    }
}
