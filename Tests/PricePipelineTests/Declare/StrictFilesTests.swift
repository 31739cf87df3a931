import CloudPrices
import CostEstimate
import DataChecks
import PricePipeline
import SennitPipeline
import Testing

/// Every kind of YAML file that the programs read, with each key that is known in it between angle quotes.
private enum StrictFile: String, CaseIterable, CustomTestStringConvertible {
    case engine, prices, selection, bill, checks

    var testDescription: String { rawValue }

    var text: String {
        switch self {
        case .engine:
            """
            «parallel»: 2
            «store»: /tmp/s
            «steps»:
              aws: {«timeout»: 1 s, «attempts»: 2, «delay»: 1 s, «maximumDelay»: 2 s, «cached»: true, \
            «retry»: [network], «neverRetry»: [DecodingError], «limit»: mirror, «limitWait»: 1 s, «memory»: 1 GB}
            «limits»: {mirror: 2}
            «parameters»: {prices: {}}
            «notifications»:
              - {«name»: a, «type»: slack, «url»: {«file»: x}, «on»: [failure], «template»: t, «contentType»: c, \
            «timeout»: 1 s, «attempts»: 2}
              - {name: b, type: webhook, url: {«environment»: X}}
            """
        case .prices:
            """
            «prices»:
              «samples»: \(samples)
              «mirror»: http://127.0.0.1:1
              «csv»: true
              «china»: false
              «providers»: [aws]
              «selection»: all
              «checks»: {aws: [a.yml]}
              «cache»: /tmp/c
              «history»: /tmp/h
              «storage»: disk
              «bill»: \(samples)/bill.yml
              «units»: {aws: {"1K widgets": {«unit»: Widgets, «block»: 1000}}}
              «regions»: {aws: [Atlantis], gcp: {us-central9: us-central1}}
              «unknown»: {aws: {«skip»: 100}, azure: fail}
              «odd»: {aws: {skip: 100}}
              «publish»: {«to»: /tmp/p, «endpoint»: e, «region»: r, «key»: {environment: K}, «weeks»: 3}
            """
        case .selection:
            """
            «azure»: all
            «gcp»: all
            «units»: {gcp: {"1K widgets": {«unit»: Widgets, «block»: 1000}, sprocket: Sprockets}}
            «regions»: {aws: [Atlantis], gcp: {us-central9: us-central1}}
            «unknown»: {azure: {«skip»: 100}}
            «odd»: {azure: fail}
            «aws»: {«services»: [AmazonEC2], «regions»: [us-*], «terms»: [on_demand], «families»: [x], \
            «attributes»: {os: Linux}, «keep»: [a], «currency»: EUR}
            """
        case .bill:
            """
            «name»: n
            «currency»: USD
            «lines»:
              - {«provider»: aws, «sku»: A, «quantity»: 1, «hours»: 2, «name»: l, «service»: s, «region»: r, \
            «match»: {a: b}, «term»: reserved, «term_months»: 12, «purchase_option»: p, «offering_class»: o, «rate»: r}
            «own»:
              - {«name»: o, «price»: 1, «unit»: u, «quantity»: 1}
            «discounts»:
              - {«name»: d, «percent»: 5, «provider»: aws, «service»: s}
            """
        case .checks:
            """
            checks for prices:
              - missing_count(sku) = 0: {«name»: x, «filter»: a = 1}
            """
        }
    }

    /// Reads the text.
    func read(_ text: String) throws {
        switch self {
        case .engine, .prices:
            let configuration = try PipelineConfiguration(text: text, path: "c.yaml", sections: ["prices"])
            _ = try PricesPipeline.declaration.make(configuration)
        case .selection: _ = try PriceSelection(yaml: text)
        case .bill: _ = try BillOfMaterials(parsing: text)
        case .checks:
            if let problem = CheckFile.parse(text, name: "c.yml").problems.first { throw problem }
        }
    }

    /// The known keys, and the text with one of them written otherwise.
    func misspelt() -> [(key: String, written: String, text: String)] {
        let pieces = text.split(separator: "«", omittingEmptySubsequences: false)
        let parts = pieces.map { part -> (String, String) in
            let halves = part.split(separator: "»", maxSplits: 1, omittingEmptySubsequences: false)
            return halves.count == 2 ? (String(halves[0]), String(halves[1])) : ("", String(part))
        }
        var results: [(key: String, written: String, text: String)] = []
        for (index, part) in parts.enumerated() where !part.0.isEmpty {
            for slip in Self.slips(part.0) {
                var changed = parts
                changed[index].0 = slip
                var text = ""
                for (key, rest) in changed { text += key + rest }
                results.append((part.0, slip, text))
            }
        }
        return results
    }

    /// A letter wrong, doubled or missing, at the beginning, in the middle and at the end.
    private static func slips(_ key: String) -> [String] {
        let letters = Array(key)
        var slips: [String] = []
        for place in Set([0, letters.count / 2, letters.count - 1]).sorted() {
            var slip = letters
            slip[place] = "z"
            slips.append(String(slip))
            slip[place] = letters[place]
            slip.insert(letters[place], at: place)
            slips.append(String(slip))
            slip.removeSubrange(place...place + 1)
            if letters.count > 2 { slips.append(String(slip)) }
        }
        return slips
    }
}

@Suite struct StrictFilesTests {
    @Test(arguments: StrictFile.allCases)
    private func `each file is read as it stands`(file: StrictFile) throws {
        let text = file.text.replacing("«", with: "").replacing("»", with: "")
        #expect(throws: Never.self) { try file.read(text) }
    }

    @Test(arguments: StrictFile.allCases)
    private func `a key with one letter changed is refused, with the one that was meant`(file: StrictFile) throws {
        for (key, written, text) in file.misspelt() {
            let error = #expect(throws: (any Error).self, "\(key) as \(written)") { try file.read(text) }
            let words = error.map { "\($0)" } ?? ""
            #expect(words.contains("'\(written)'"), "\(key) as \(written): \(words)")
            #expect(words.contains("Did you mean '\(key)'?"), "\(key) as \(written): \(words)")
            #expect(words.contains(#/\d+(:|, column )\d+/#), "\(words) has no place")
        }
    }
}
