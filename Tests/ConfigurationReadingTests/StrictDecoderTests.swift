import ConfigurationReading
import Testing

@Suite struct StrictDecoderTests {
    enum Size: String, Decodable, CaseIterable { case small, large }

    struct Box: Decodable, Hashable {
        var name: String
        var width: Int?
        var size: Size?
        var inner: [Box]?
        var labels: [String: String]?
    }

    private func box(_ yaml: String) throws -> Box? { try ConfigurationText(yaml).value(of: "box") }

    private func problem(_ yaml: String) -> ConfigurationProblem? {
        #expect(throws: ConfigurationProblem.self) { try box(yaml) }
    }

    @Test func `what is known is read`() throws {
        let read = try box("box: {name: a, width: 0x10, size: large, inner: [{name: b}], labels: {any: thing}}")
        #expect(read?.width == 16)
        #expect(read?.size == .large)
        #expect(read?.inner?.first?.name == "b")
        #expect(read?.labels == ["any": "thing"])
        #expect(try box("other: 1") == nil)
        #expect(try box("box:") == nil)
        #expect(try box("") == nil)
    }

    @Test func `mappings are merged`() throws {
        let read = try box("base: &base {name: a, width: 1}\nbox: {<<: *base, width: 2}")
        #expect(read == Box(name: "a", width: 2))
    }

    @Test(arguments: [
        ("box:\n  name: a\n  widht: 3", "3:3: box: there is no 'widht'", "Did you mean 'width'?"),
        ("box: {nam: a}", "1:7: box: there is no 'nam'", "Did you mean 'name'?"),
        ("box: {name: a, inner: [{name: b, with: 1}]}", "1:34: box.inner.[0]: there is no 'with'", "'width'?"),
        ("box: {name: a, zzz: 1}", "1:16: box: there is no 'zzz'; there are name, width, size, inner, labels.", ""),
        ("box: {width: 1}", "1:6: box: 'name' is missing", ""),
        ("box: {name: a, size: larg}", "1:22: box.size: there is no 'larg'; there are small, large.", "'large'?"),
        ("box: {name: a, width: many}", "1:23: box.width: it is the text 'many' and must be a whole number", ""),
        ("box: {name: [a]}", "1:13: box.name: it is a list and must be a text", ""),
        ("box: [a]", "1:6: box: it is a list; write 'name: value' lines", ""),
        ("box: {name: a, name: b}", "the same key stands twice", "'name'"),
        ("box: {", "2:1: the file is not YAML", ""),
        ("- a", "1:1: it is a list", ""),
    ])
    func `what is wrong is told with its place`(yaml: String, what: String, way: String) {
        let text = problem(yaml).map { "\($0)" } ?? ""
        #expect(text.contains(what))
        #expect(text.contains(way) || way.isEmpty)
    }

    @Test func `aliases do not multiply without end`() {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            let uses = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(uses)]\n"
        }
        struct Tree: Decodable {
            var children: [Tree] = []
            init(from decoder: any Decoder) throws {
                guard var list = try? decoder.unkeyedContainer() else { return }
                while !list.isAtEnd { children.append(try list.decode(Tree.self)) }
            }
        }
        let problem = #expect(throws: ConfigurationProblem.self) {
            _ = try ConfigurationText(yaml).value(of: "a8", as: Tree.self)
        }
        #expect(problem?.message.contains("too many values") == true)
    }
}
