package import ArgumentParser
import PriceListServer
import PricePipeline
import SennitCommands

/// `pscraper mock`.
package struct MockCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "mock", abstract: "Serve sample price lists in the providers' URL layout, on loopback",
        discussion: """
              > pscraper mock --port 8080
              > pscraper awsscrape --port 5377 --root http://127.0.0.1:8080 --csv --filter Samples/selection.yml

            With --misbehave it does something wrong on purpose, to see what a scrape makes of it: \
            \(Misbehaviour.words.joined(separator: ", ")).
            """,
        helpNames: [.short, .long])

    @Option(help: "The port; 0 takes any that is free.")
    package var port = 0

    @Option(help: "A folder with aws, azure and gcp in it. (default: the bundled samples)")
    package var folder: String?

    @Option(help: "Serve the list of Azure whose name begins so, such as 2025-03. (default: the last one)")
    package var snapshot: String?

    @Option(help: "What to do wrong; may be repeated.")
    package var misbehave: [String] = []

    @Flag(help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func validate() throws {
        if !(0...65_535).contains(port) { throw ValidationError("--port \(port): a port is 1 to 65535, or 0 for any.") }
        for text in misbehave where Misbehaviour(text) == nil {
            throw ValidationError("--misbehave \(text): it is one of \(Misbehaviour.words.joined(separator: ", ")).")
        }
    }

    @concurrent
    package func run() async throws {
        guard let samples = SampleFolder.find(folder) else {
            let place = folder.map { "in \($0)" } ?? "here"
            throw CommandError("There are no sample lists \(place); name their folder with --folder.")
        }
        var configuration = PriceListServer.Configuration(folder: samples.path)
        configuration.port = port
        configuration.azureSnapshot = snapshot
        configuration.misbehaviour = misbehave.compactMap { Misbehaviour($0) }
        let (console, isJSON) = (Console.current, json)
        try await PriceListServer.withServer(configuration) { server in
            try console.show(MockReport(root: server.url, folder: samples.path), asJSON: isJSON)
            // Until Ctrl-C.
            while true { try await Task.sleep(for: .seconds(3600)) }
        }
    }
}

/// Where the mock is.
private struct MockReport: Report {
    var root: String
    var folder: String

    var title: String { "The sample lists are served; Ctrl-C ends it." }
    var figures: [Figure] { [Figure("root", text: root), Figure("folder", text: folder)] }
}
