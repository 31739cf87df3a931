import Foundation
import Glibc
import PriceListServer
import PricePipeline
import SennitPipeline
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct ProviderStepTests {
    private func own(_ runs: GoogleRuns, _ check: String) throws -> String {
        let path = try runs.file("own.yml", "checks for infra_price:\n  - \(check)\n")
        let bill = try runs.file("bill.yml", "own: [{name: licence, price: 1, quantity: 1}]\n")
        return "checks: {gcp: [\(path)]}, bill: \(bill)"
    }

    @Test func `a check of change compares with the last good run`() async throws {
        let runs = try GoogleRuns()
        defer { runs.remove() }
        let settings = try own(runs, "change for row_count >= 0")
        func change(_ selection: String) async throws -> (RunSummary.Status, CheckEvaluated?) {
            let file = try runs.file("selection.yml", "gcp: {\(selection)}\n")
            let summary = try await runs.run("\(settings), selection: \(file)")
            return (summary.status, summary.steps[0].checks.first { $0.check.hasPrefix("change") })
        }
        let first = try await change("currency: USD")
        #expect(first.0 == .finished && first.1?.value == nil)
        let fewer = try await change("currency: USD, regions: [us-east1]")
        #expect(fewer.0 == .failed && fewer.1?.value == "-6", "\(fewer)")
        // What failed is no measure for others.
        let third = try await change("currency: USD")
        #expect(third.0 == .finished && third.1?.outcome == .pass && third.1?.value == "0", "\(third)")
    }

    @Test func `the measurements lie where the configuration says`() async throws {
        let runs = try GoogleRuns()
        defer { runs.remove() }
        let settings = try own(runs, "row_count > 0")
        #expect(try await runs.run("\(settings), history: \(runs.folder)/history").status == .finished)
        #expect(FileManager.default.fileExists(atPath: "\(runs.folder)/history/gcp-samples.json"))
        #expect(!FileManager.default.fileExists(atPath: "\(runs.folder)/store/state/prices"))
    }

    @Test func `prices that fail a check go no further`() async throws {
        let runs = try GoogleRuns()
        defer { runs.remove() }
        let settings = try own(runs, "row_count > 100000")
        let summary = try await runs.run("\(settings), publish: {to: \(runs.folder)/out}")
        #expect(summary.status == .failed)
        #expect(summary.steps.map(\.status) == [.failed, .blocked, .blocked, .blocked])
        #expect(summary.steps[0].attempts == 1 && summary.message?.contains("did not pass") == true)
        #expect(summary.steps.flatMap { $0.artefacts }.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: "\(runs.folder)/out"))
        #expect(!FileManager.default.fileExists(atPath: "\(runs.folder)/store/state/prices/gcp-samples.json"))
    }

    @Test func `checked dumps are published with what is known of them`() async throws {
        let runs = try GoogleRuns()
        defer { runs.remove() }
        let settings = try own(runs, "row_count > 0")
        let summary = try await runs.run("\(settings), publish: {to: \(runs.folder)/out}, storage: \(runs.folder)")
        #expect(summary.status == .finished, "\(summary.message ?? "")")
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(runs.folder)/out/gcp").sorted()
        let manifest = try #require(names.last { $0.hasSuffix(".sql.json") })
        let data = try Data(contentsOf: URL(filePath: "\(runs.folder)/out/gcp/\(manifest)"))
        let known = try JSONDecoder().decode(DumpManifest.self, from: data)
        #expect(known.isGood && known.rows == 9 && names == [String(manifest.dropLast(5)), manifest])
        let dump = try #require(summary.steps[0].artefacts.first { $0.name == "gcp.sql" })
        #expect(known.byteCount == dump.bytes)
        // The servers were where they were told to be, and have left nothing but their common folder.
        let folders = try FileManager.default.contentsOfDirectory(atPath: runs.folder)
        let servers = try #require(folders.first { $0.hasPrefix("sennit-postgres-") })
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(runs.folder)/\(servers)").isEmpty)
    }

    @Test func `a bill that cannot be priced fails its estimate, and the database is published`() async throws {
        let runs = try GoogleRuns()
        defer { runs.remove() }
        let bill = try runs.file("bill.yml", "lines: [{provider: gcp, sku: NO-SUCH-SKU, quantity: 1}]\n")
        let summary = try await runs.run("checks: {}, bill: \(bill), publish: {to: \(runs.folder)/out}")
        #expect(summary.steps.map(\.name) == ["gcp", "aggregate", "estimate", "publish"])
        #expect(summary.steps.map(\.status) == [.finished, .finished, .failed, .finished], "\(summary)")
        #expect(summary.status == .failed && summary.message?.contains("NO-SUCH-SKU") == true, "\(summary)")
        #expect(summary.steps[2].attempts == 1)
        #expect(summary.steps[1].artefacts.map(\.name).contains("prices.sql"))
        #expect(FileManager.default.fileExists(atPath: "\(runs.folder)/out/gcp"))
    }

    @Test func `dumps are published all together or not at all`() async throws {
        let runs = try GoogleRuns()
        defer { runs.remove() }
        // The second provider's folder cannot be made.
        try FileManager.default.createDirectory(atPath: "\(runs.folder)/out", withIntermediateDirectories: true)
        _ = try runs.file("out/gcp", "no folder")
        let text = """
            prices: {samples: \(samples), providers: [azure, gcp], publish: {to: \(runs.folder)/out}}
            steps: {publish: {attempts: 1}}
            """
        let bill = try runs.file("bill.yml", "own: [{name: licence, price: 1, quantity: 1}]\n")
        let pipeline = try PricesPipeline.declaration.make(
            PipelineConfiguration(text: text.replacing("publish: {to", with: "bill: \(bill), publish: {to")))
        let summary = try await runs.runner.run(pipeline)
        #expect(summary.steps.last?.status == .failed, "\(summary)")
        let left = FileManager.default.enumerator(atPath: "\(runs.folder)/out")?.compactMap { $0 as? String } ?? []
        #expect(left.filter { $0.contains(".sql") }.isEmpty, "\(left)")
    }

    @Test func `a step alone reads its fixture where nothing else is configured, or says what it needs`() async throws {
        let runs = try GoogleRuns()
        defer { runs.remove() }
        var configuration = try PipelineConfiguration(text: "prices: {samples: /nowhere}")
        configuration.needsSources = false
        let pipeline = try PricesPipeline.declaration.make(configuration)
        let fixture = "\(runs.folder)/fixture"
        try FileManager.default.createDirectory(atPath: fixture, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: "\(samples)/gcp", toPath: "\(fixture)/gcp")
        #expect(try await runs.runner.runStep("gcp", of: pipeline, fixture: fixture).rows == 9)
        let none = try await runs.runner.runStep("azure", of: pipeline, fixture: fixture)
        #expect(!none.isGood && none.failure?.message.contains("the fixture has no folder 'azure'") == true, "\(none)")
    }

    @Test func `what cannot change is not tried again, and what was left out is told`() async throws {
        let runs = try GoogleRuns()
        defer { runs.remove() }
        let list = "\(samples)/gcp/skus/opencost.json"
        let text = try String(contentsOfFile: list, encoding: .utf8)
        for folder in ["aws", "azure", "gcp/skus"] {
            try FileManager.default.createDirectory(
                atPath: "\(runs.folder)/lists/\(folder)", withIntermediateDirectories: true)
        }
        func run(_ list: String, _ section: String = "") async throws -> RunSummary {
            _ = try runs.file("lists/gcp/skus/list.json", list)
            let text = "prices: {samples: \(runs.folder)/lists, providers: [gcp] \(section)}"
            return try await runs.runner.run(PricesPipeline.declaration.make(PipelineConfiguration(text: text)))
        }
        let odd = text.replacing("\"startUsageAmount\": 0", with: "\"startUsageAmount\": 5")
        #expect(odd != text)
        let failed = try await run(odd)
        #expect(failed.status == .failed && failed.steps[0].attempts == 1, "\(failed.message ?? "")")
        #expect(failed.message?.contains("the first tier does not start at 0") == true, "\(failed.message ?? "")")
        let unknown = text.replacing("us-east1", with: "moon-east1")
        #expect(try await run(unknown).steps[0].attempts == 1)
        let mended = try await run(unknown, ", regions: {gcp: [moon-east1]}")
        #expect(mended.status == .finished && mended.steps[0].rows == 9, "\(mended.message ?? "")")
        let skipped = try await run(unknown, ", unknown: {gcp: {skip: 100}}")
        #expect(skipped.status == .finished && (skipped.steps[0].rows ?? 0) < 9, "\(skipped.message ?? "")")
        #expect(skipped.steps[0].checks.contains { $0.check == "every row can be read" && $0.outcome == .warn })
    }

    @Test func `a server that goes wrong once is asked again`() async throws {
        let runs = try GoogleRuns()
        defer { runs.remove() }
        let settings = try own(runs, "row_count > 0")
        var configuration = PriceListServer.Configuration(folder: samples)
        configuration.misbehaviour = [Misbehaviour(.html, times: 1)]
        try await PriceListServer.withServer(configuration) { mock in
            let summary = try await runs.run(
                "mirror: '\(mock.url)', \(settings)", steps: "steps: {gcp: {delay: 10 ms}}")
            #expect(summary.status == .finished, "\(summary.message ?? "")")
            #expect(summary.steps[0].attempts == 2)
        }
    }

    @Test func `a database that dies under a step is made anew`() async throws {
        let runs = try GoogleRuns()
        defer { runs.remove() }
        let settings = try own(runs, "row_count > 0")
        var configuration = PriceListServer.Configuration(folder: samples)
        // The first answers come so slowly that the server can be killed while the load waits for them.
        configuration.misbehaviour = [Misbehaviour(.slow(piece: 200, pause: .milliseconds(100)), times: 2)]
        try await PriceListServer.withServer(configuration) { mock in
            let pipeline = try runs.pipeline(
                "mirror: '\(mock.url)', \(settings), storage: \(runs.folder)", steps: "steps: {gcp: {delay: 10 ms}}")
            let faults = Mutex<[String]>([])
            let killed = Mutex(false)
            // A thread of its own: the tests beside this one may have all of Swift's busy for seconds.
            Thread.detachNewThread {
                while mock.requests.isEmpty { sched_yield() }
                // Its folder may change while it is looked through.
                var server = runs.serverProcess()
                while server == nil { server = runs.serverProcess() }
                killed.withLock { $0 = server.map { kill($0, SIGKILL) == 0 } ?? false }
            }
            let summary = try await runs.runner.run(pipeline) { notice in
                guard case .event(let recorded) = notice, case .stepRetried(let retried) = recorded.event else {
                    return
                }
                faults.withLock { $0.append(retried.failure.message) }
            }
            #expect(killed.withLock { $0 })
            // Either the load or the server's guardian is the first to see it.
            let words = faults.withLock { $0 }
            let first = words.first ?? ""
            #expect(first.contains("[output_failed]") || first.contains("killed by SIGKILL"), "\(words)")
            #expect(summary.status == .finished, "\(summary.message ?? "")")
            #expect(summary.steps[0].attempts == 2 && summary.steps[0].rows == 9, "\(words)")
        }
    }

    @Test func `the lists of China are read where they are asked for`() async throws {
        let runs = try GoogleRuns()
        defer { runs.remove() }
        try await PriceListServer.withServer(.init(folder: samples)) { mock in
            let text = """
                prices: {samples: \(samples), mirror: '\(mock.url)', csv: true, providers: [aws], china: true}
                steps: {aws: {attempts: 1}}
                """
            let pipeline = try PricesPipeline.declaration.make(PipelineConfiguration(text: text))
            // The samples have none.
            #expect(try await runs.runner.run(pipeline).status == .failed)
            #expect(mock.requests.allSatisfy { $0.contains("/offers/v1.0/cn/") } && !mock.requests.isEmpty)
        }
    }

    @Test func `a place where no server can be is not tried again`() async throws {
        let runs = try GoogleRuns()
        defer { runs.remove() }
        let deep = "\(runs.folder)/\(String(repeating: "d", count: 100))"
        try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
        let summary = try await runs.run("\(own(runs, "row_count > 0")), storage: \(deep)")
        #expect(summary.status == .failed && summary.steps[0].attempts == 1, "\(summary.message ?? "")")
    }

    @Test func `a step alone reads the lists of its fixture, and its dump is as expected`() async throws {
        let runs = try GoogleRuns()
        defer { runs.remove() }
        let settings = try own(runs, "change for row_count >= 0")
        let fixture = "\(runs.folder)/fixture"
        try FileManager.default.createDirectory(atPath: fixture, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: "\(samples)/gcp", toPath: "\(fixture)/gcp")
        // Nobody answers there: the lists can only come from the fixture.
        let pipeline = try runs.pipeline("mirror: 'http://127.0.0.1:9', \(settings)")
        let made = try await runs.runner.runStep("gcp", of: pipeline, fixture: fixture, output: "\(fixture)/expected")
        #expect(made.isGood && made.rows == 9, "\(made)")
        let again = try await runs.runner.runStep("gcp", of: pipeline, fixture: fixture)
        #expect(again.isGood && again.outputs.map(\.isAsExpected) == [true, true])
        let list = "\(fixture)/gcp/skus/opencost.json"
        let text = try String(contentsOfFile: list, encoding: .utf8)
        try text.replacing("us-east1", with: "us-east4").write(toFile: list, atomically: true, encoding: .utf8)
        let changed = try await runs.runner.runStep("gcp", of: pipeline, fixture: fixture)
        #expect(!changed.isGood && changed.outputs.first?.isAsExpected == false)
    }
}
