import DataChecks
import Testing

struct CheckFileTests {
    @Test func `an unknown check is a problem with its place`() {
        let file = CheckFile.parse("checks for t:\n  - row_count > 0\n  - rows_count > 0\n", name: "a.yml")
        #expect(file.count == 1)
        #expect(file.problems.first?.location.description == "a.yml:3:5")
    }
}
