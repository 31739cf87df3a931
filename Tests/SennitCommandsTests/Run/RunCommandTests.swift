import ArgumentParser
import Foundation
import Glibc
import SennitCommands
import SennitPipeline
import Testing

@Suite(.timeLimit(.minutes(5)))
struct RunCommandTests {
    @Test func `a run in words, and again from the cache`() async throws {
        let place = try ShoutingPlace()
        defer { place.remove() }
        let first = try await place.run("run --output \(place.directory)/out")
        #expect(first.code == 0, "\(first.notes)")
        #expect(first.notes.contains("say: runs, because it has not run before\n"))
        #expect(first.output.contains("checks: 1 pass\n"))
        #expect(first.output.contains("shouts: \(place.directory)/out/shouts\n"))
        #expect(first.output.hasSuffix("\n2 steps, false\n"))
        #expect(!first.output.contains("\u{1B}"))
        #expect(try String(contentsOfFile: "\(place.directory)/out/shouts", encoding: .utf8) == "HELLO\nTHERE")
        let again = try await place.run("run shouting")
        #expect(again.notes.contains("shout: from the cache\n"))
    }

    @Test func `as JSON, one event on each line and nothing else`() async throws {
        let place = try ShoutingPlace()
        defer { place.remove() }
        let run = try await place.run("run --json")
        #expect(run.code == 0)
        #expect(run.notes == "")
        let events = try run.objects()
        #expect(events.map { $0["sequence"] as? Int } == Array(1...events.count))
        let names = events.map { $0["event"] as? String }
        #expect(names.first == "run.requested")
        #expect(names.last == "run.finished")
        #expect(names.count { $0 == "step.finished" } == 2)
    }

    @Test func `a failure, and how to go on`() async throws {
        let place = try ShoutingPlace()
        defer { place.remove() }
        let failed = try await place.run("run", fails: true)
        #expect(failed.code == 1)
        #expect(failed.notes.contains("step 'shout' failed: no voice\n"))
        let hint = try #require(failed.notes.firstRange(of: "sennit run shouting --resume "))
        let run = failed.notes[hint.upperBound...].trimmingCharacters(in: .whitespacesAndNewlines)
        // The beginning of its name will do, as everywhere.
        let resumed = try await place.run("run --resume \(run.dropLast(2))")
        #expect(resumed.code == 0, "\(resumed.notes)")
        #expect(resumed.notes.contains("is taken up again: 1 of 2 steps are done"))
        #expect(!resumed.notes.contains("say: "))
        let over = try await place.run("run --resume last")
        #expect(over.code == 1)
        #expect(over.notes.contains("There is nothing to resume"))
    }

    @Test func `who is to be told of a failure is told, and the address stays secret`() async throws {
        let place = try ShoutingPlace()
        defer { place.remove() }
        // A variable that is there and is no address: to set one while others read the environment could end the
        // process.
        let address = try #require(ProcessEnvironment.value(of: "PATH"))
        let good = try await place.run("run --notify PATH")
        #expect(good.code == 0 && !good.notes.contains("PATH"))
        let failed = try await place.run("run --force --notify PATH", fails: true)
        #expect(failed.code == 1)
        #expect(failed.notes.contains("PATH could not be told: "), "\(failed.notes)")
        let shown = try await place.run("runs show --json")
        #expect(!(failed.notes + failed.output + shown.output).contains(address))
    }

    @Test func `the printed way to take a run up again is one that works`() async throws {
        let place = try ShoutingPlace()
        defer { place.remove() }
        let config = "\(place.directory)/it's a file.yaml"
        try "parallel: 2\n".write(toFile: config, atomically: true, encoding: .utf8)
        let quoted = RunText.quoted(config)
        let line = "run --config \(quoted) --live --parallel 3 --notify PATH --output \(place.directory)/out"
        let failed = try await place.run(line, fails: true)
        #expect(failed.code == 1)
        let shown = try await place.run("runs show last")
        for text in [failed.notes, shown.output] {
            let start = try #require(text.firstRange(of: "sennit run shouting --resume "))
            let command = text[start.lowerBound...].prefix { $0 != "\n" }.dropFirst("sennit ".count)
            let words = ShellWords.split(String(command))
            for option in ["--config", "--live", "--parallel", "--notify", "--output", "--store"] {
                #expect(words.contains(option), "\(command)")
            }
            let parsed = try #require(try SennitRootCommand.parseAsRoot(words) as? RunCommand)
            #expect(parsed.store.config == config && parsed.parallel == 3 && parsed.live && parsed.notify == ["PATH"])
            #expect(parsed.output == "\(place.directory)/out" && parsed.store.store == "\(place.directory)/store")
        }
        let start = try #require(shown.output.firstRange(of: "run shouting --resume "))
        let command = shown.output[start.lowerBound...].prefix { $0 != "\n" }
        let store = try #require(command.firstRange(of: " --store "))
        let resumed = try await place.run(
            String(command[..<store.lowerBound] + command[store.upperBound...].drop { $0 != " " }))
        #expect(resumed.code == 0, "\(resumed.notes)")
        #expect(FileManager.default.fileExists(atPath: "\(place.directory)/out/shouts"))
    }

    @Test func `sequences for a terminal in an error arrive as text`() async throws {
        let place = try ShoutingPlace()
        defer { place.remove() }
        let failed = try await place.run("run", fails: true, words: "no\u{1B}]0;x\u{7}\u{9B}2J\u{202E}voice")
        let shown = try await place.run("runs show last")
        let listed = try await place.run("runs show last --json")
        for text in [failed.notes, shown.output, listed.output] {
            #expect(text.contains("no\\u001b]0;x\\u0007\\u009b2J\\u202evoice"))
            #expect(!text.unicodeScalars.contains { [0x1B, 0x07, 0x9B, 0x202E].contains($0.value) })
        }
        let message = try listed.objects().first?["message"] as? String
        #expect(message == "Step 'shout' failed: no\u{1B}]0;x\u{7}\u{9B}2J\u{202E}voice")
    }

    @Test func `who waits for a run hears also that it could not begin`() async throws {
        let place = try ShoutingPlace()
        defer { place.remove() }
        let broken = try await place.run("run --notify PATH --config /nowhere.yaml")
        #expect(broken.code == 1)
        #expect(broken.notes.contains("PATH could not be told: "), "\(broken.notes)")
        let none = try await place.run("run --notify PATH --from nothing")
        #expect(none.notes.contains("PATH could not be told: "), "\(none.notes)")
        let dry = try await place.run("run --notify PATH --from nothing --dry-run")
        #expect(!dry.notes.contains("PATH"), "\(dry.notes)")
    }

    @Test func `a dry run says why`() async throws {
        let place = try ShoutingPlace()
        defer { place.remove() }
        let plan = try await place.run("run --dry-run")
        #expect(plan.code == 0)
        #expect(
            plan.output == """
                say    run      it has not run before
                shout  depends  depends on what 'say' makes

                """)
        let object = try await place.run("run --dry-run --json").objects().first
        #expect((object?["steps"] as? [[String: Any]])?.count == 2)
        #expect(!FileManager.default.fileExists(atPath: "\(place.directory)/store"))
    }

    @Test(arguments: [
        ("run nothing", Int32(1), "There is no pipeline 'nothing'; there is shouting."),
        ("run --from nothing", 1, "has no step 'nothing'; it has say, shout."),
        ("run --from say --only shout", 64, "--from and --only exclude each other."),
        ("run --resume last --force", 64, "--resume takes up what was asked for then"),
        ("run shuoting", 1, "Did you mean 'shouting'?"), ("run --from sya", 1, "Did you mean 'say'?"),
        ("step run shuot --fixture .", 1, "Did you mean 'shout'?"),
        ("step run shouting.shuot --fixture .", 1, "Did you mean 'shouting.shout'?"),
        ("run --notify https://hooks.example/x", 64, "does not belong on a command line"),
        ("run --notify HOOK_THAT_IS_NOT_SET", 1, "'HOOK_THAT_IS_NOT_SET' is missing; set the variable"),
        ("run --resume a/b", 64, "'a/b' names no run"), ("run --resume last", 1, "has no run"),
        ("run --parallel 0", 64, "--parallel is 0"), ("run --config missing.yaml", 1, "'missing.yaml' cannot be read"),
        ("run --only shout", 1, "Step 'shout' cannot run alone"),
    ])
    func `what cannot be done is said with names`(line: String, code: Int32, words: String) async throws {
        let place = try ShoutingPlace()
        defer { place.remove() }
        let run = try await place.run(line)
        #expect(run.code == code, "\(run.notes)")
        #expect(run.notes.contains(words), "\(run.notes)")
    }
}
