import SennitCommands
import Testing

struct TextTableTests {
    @Test func `names stand left and numbers right`() {
        var table = TextTable(header: ["name", "n", "rest"])
        table.append(["a", "10", "x"])
        table.append(["longer", "9"])
        #expect(table.lines == ["name     n  rest", "a       10     x", "longer   9"])
    }

    @Test func `no titles, no title line`() {
        var table = TextTable(header: ["", ""])
        table.append(["a", "1", "beyond"])
        #expect(table.lines == ["a  1"])
    }

    @Test func `an empty table`() {
        #expect(TextTable(header: ["a"]).lines == ["a"])
        #expect(TextTable(header: []).lines == [])
    }
}
