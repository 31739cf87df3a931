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
        #expect(message("prices: {regions: [a]}").contains("c.yaml, section 'prices': 'limit' is missing"))
        #expect(message("prices: {regions: [a], limit: many}").contains("limit: "))
        #expect(message("store: [").contains("c.yaml"))
        #expect(message("parallel: 0").contains("'parallel' is 0"))
        #expect(message("steps: {a: {timeout: soon}}").contains("steps.a.timeout: 'soon' is no time"))
        #expect(message("x: ${MISSING?}").contains("MISSING"))
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

    @Test(arguments: [
        ("90", Duration.seconds(90)), ("500 ms", .milliseconds(500)), ("1.5min", .seconds(90)), ("2h", .seconds(7200)),
    ])
    func `times as people write them`(text: String, duration: Duration) {
        #expect(TimeSpan(text)?.duration == duration)
    }

    @Test(arguments: ["", "s", "-1 s", "1 week", "1e9 h", "1..2 s", "9999999999999 d"])
    func `what is no time`(text: String) { #expect(TimeSpan(text) == nil) }
}
