import ArgumentParser
import SennitCommands
import Testing

struct BenchParsingTests {
    @Test func `what is not said has defaults`() throws {
        let workload = try WorkloadCommand.parse([])
        #expect(workload.processes == 2)
        #expect(workload.threads == 40)
        #expect(workload.count == 6000)
        #expect(workload.mode == .cpu)
        #expect(!workload.report.json)
        let dispatch = try DispatchCommand.parse([])
        #expect([dispatch.processes, dispatch.threads, dispatch.count] == [2, 1, 1_000_000])
    }

    @Test func `what is said holds`() throws {
        let words = ["--processes", "0", "--threads", "3", "--count", "4", "--mode", "wall", "--json"]
        let workload = try WorkloadCommand.parse(words)
        #expect([workload.processes, workload.threads, workload.count] == [0, 3, 4])
        #expect(workload.mode == .wall)
        #expect(workload.report.json)
    }

    @Test(arguments: [
        "bench workload --count 0", "bench workload --threads 0", "bench workload --processes -1",
        "bench workload --processes 1025", "bench workload --mode fast", "bench dispatch --count 0",
        "bench dispatch --round-trips 0", "bench payload --bytes 0", "bench payload --bytes 9999999999",
        "bench crash --rounds 0", "bench start --rounds zero", "bench nothing", "nothing", "demo --count 0",
        "demo --threads 5000", "demo --processes 0", "bench workload extra",
        "bench history --appends 1", "bench history --events 0",
    ])
    func `arguments that make no sense`(line: String) async {
        let output = KeptText()
        let notes = KeptText()
        let code = await run(line, output, notes)
        #expect(code == 64)
        #expect(output.text == "")
        #expect(notes.text.hasPrefix("Error: "))
        #expect(notes.text.contains("sennit"))
    }

    @Test func `an error names the option, the value and the range`() async {
        let notes = KeptText()
        _ = await run("bench payload --bytes -5", KeptText(), notes)
        _ = await run("bench workload --threads 9000", KeptText(), notes)
        #expect(notes.text.contains("--threads is 9000; it must be from 1 to 4,096."))
    }

    @Test(arguments: [
        ("--help", "demo"), ("bench --help", "workload"), ("bench crash --help", "SIGKILL"),
        ("bench start --help", "zygote"), ("bench dispatch --help", "round trip"),
        ("bench payload --help", "SharedBuffer"),
        ("bench workload --help", "lower bound"), ("demo --help", "Ctrl-C"), ("help bench workload", "--processes"),
    ])
    func `help is the answer, not an error`(line: String, word: String) async {
        let output = KeptText()
        let code = await run(line, output, KeptText())
        #expect(code == 0)
        #expect(output.text.contains(word))
        #expect(output.text.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.hasPrefix("USAGE:") })
    }

    @Test func `what is not for people is not shown`() async {
        let output = KeptText()
        _ = await run("bench --help", output, KeptText())
        #expect(!output.text.contains("orphan-parent"))
    }

    @Test func `the version`() async {
        let output = KeptText()
        #expect(await run("--version", output, KeptText()) == 0)
        #expect(output.text.split(separator: ".").count == 3)
    }

    @Test func `help that cannot be written`() async {
        let console = Console(output: OutputChannel(failingWith: .closed), notes: OutputChannel(keepingIn: KeptText()))
        let code = await Console.$current.withValue(console) { await SennitProgram.run(["--help"]) }
        #expect(code == 141)
    }

    private func run(_ line: String, _ output: KeptText, _ notes: KeptText) async -> Int32 {
        let console = Console(output: OutputChannel(keepingIn: output), notes: OutputChannel(keepingIn: notes))
        return await Console.$current.withValue(console) {
            await SennitProgram.run(line.split(separator: " ").map(String.init))
        }
    }
}
