import SennitPipeline
import Testing

@Suite struct ConfigurationTests {
    private struct Prices: Decodable, Hashable {
        var regions: [String]
        var limit: Int
    }

    private func configuration(_ text: String) throws -> PipelineConfiguration {
        try PipelineConfiguration(text: text, path: "c.yaml") { ["REGION": "eu-west-1", "N": "7"][$0] }
    }

    private func message(_ text: String) -> String {
        do {
            _ = try configuration(text).section("prices", as: Prices.self)
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func `the engine's sections and a pipeline's own, with variables`() throws {
        let configuration = try configuration(
            """
            store: /var/lib/${NAME-prices}
            parallel: 3
            notifications:
              - {name: team, type: slack, url: {environment: SLACK_URL}}
              - name: pager
                type: webhook
                url: {file: /run/secrets/pager}
                on: [failure, success]
                timeout: 5 s
            prices:
              regions: [$REGION, "${OTHER-us-east-1}"]
              limit: ${N}
            """)
        #expect(configuration.store == "/var/lib/prices")
        #expect(configuration.parallel == 3)
        #expect(configuration.notifications.map(\.name) == ["team", "pager"])
        #expect(configuration.notifications[0].url == .environment("SLACK_URL"))
        #expect(configuration.notifications[1].attemptTimeout == .seconds(5))
        #expect(configuration.notifications.map { $0.wants(.finished) } == [false, true])
        #expect(try configuration.section("prices") == Prices(regions: ["eu-west-1", "us-east-1"], limit: 7))
        #expect(try configuration.section("other", as: Prices.self) == nil)
    }

    @Test func `nothing at all is a configuration`() throws {
        #expect(try configuration("").store == nil)
        #expect(try configuration("# only words\n").parallel == nil)
    }

    @Test func `what is wrong is told with its place`() {
        #expect(message("prices: {regions: [a]}").contains("c.yaml:1:9: section 'prices': 'limit' is missing"))
        #expect(message("prices: {regions: [a], limit: many}").contains("limit: "))
        #expect(message("store: [").contains("c.yaml"))
        #expect(message("parallel: 0").contains("'parallel' is 0"))
        #expect(message("steps: {a: {timeout: soon}}").contains("steps.a.timeout: 'soon' is no time"))
        #expect(message("x: ${MISSING?}").contains("MISSING"))
        #expect(message("\nparalel: 1").contains("c.yaml:2:1: there is no 'paralel'; there are store, parallel"))
        #expect(message("steps: {a: {timeot: 1 s}}").contains("c.yaml:1:13: steps.a: there is no 'timeot'"))
        #expect(message("steps: {a: {timeot: 1 s}}").contains("Did you mean 'timeout'?"))
        #expect(message("notifications: [{name: a, type: slack, url: {file: x, environment: y}}]").contains("not both"))
        #expect(message("notifications: [{name: a, type: pigeon, url: {file: x}}]").contains("notifications.[0].type"))
    }

    @Test func `steps are adjusted`() throws {
        let configuration = try configuration(
            "steps: {count: {timeout: 1.5 min, attempts: 5, delay: 2, cached: false}, elsewhere: {attempts: 2}}")
        let bench = Bench()
        defer { bench.remove() }
        let words = try bench.words("a")
        let declaration = PipelineDeclaration(words)
        let count = try declaration.make(configuration).steps[1]
        #expect(count.timeout == .seconds(90))
        #expect(count.retry.maximumAttempts == 5)
        #expect(count.retry.initialDelay == .seconds(2))
        #expect(!count.isCached)
        #expect(try declaration.make(configuration).steps[0].isCached)
    }

    @Test func `a step that the pipeline has not is refused`() throws {
        let bench = Bench()
        defer { bench.remove() }
        let declaration = PipelineDeclaration(try bench.words("a"))
        let error = #expect(throws: PipelineError.self) {
            try declaration.make(configuration("steps:\n  cuont: {attempts: 2}"))
        }
        #expect(error?.message.hasPrefix("c.yaml:2:3: steps: there is no 'cuont'") == true)
        #expect(error?.message.hasSuffix("Did you mean 'count'?") == true)
        let far = try configuration("steps: {elsewhere: {attempts: 2}}")
        #expect(throws: Never.self) { try declaration.make(far) }
        #expect(throws: Never.self) { try declaration.make(far, others: ["elsewhere"]) }
        #expect(throws: PipelineError.self) { try declaration.make(far, others: []) }
    }

    @Test func `sections that no pipeline reads are refused where the pipelines are known`() throws {
        let text = "parallel: 1\nprizes: {samples: x}"
        let error = #expect(throws: PipelineError.self) {
            _ = try PipelineConfiguration(text: text, path: "c.yaml", sections: ["prices"])
        }
        #expect(error?.message.hasPrefix("c.yaml:2:1: there is no 'prizes'") == true)
        #expect(error?.message.hasSuffix("Did you mean 'prices'?") == true)
        #expect(throws: Never.self) { try PipelineConfiguration(text: text) }
        #expect(throws: Never.self) { try PipelineConfiguration(text: text, sections: ["prizes"]) }
    }

    @Test(arguments: [
        ("90", Duration.seconds(90)), ("500 ms", .milliseconds(500)), ("1.5min", .seconds(90)), ("2h", .seconds(7200)),
    ])
    func `times as people write them`(text: String, duration: Duration) {
        #expect(TimeSpan(text)?.duration == duration)
    }

    @Test(arguments: ["", "s", "-1 s", "1 week", "1e9 h", "1..2 s", "9999999999999 d"])
    func `what is no time`(text: String) { #expect(TimeSpan(text) == nil) }
}
