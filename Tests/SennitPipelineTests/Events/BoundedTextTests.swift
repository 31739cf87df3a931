import Foundation
import SennitPipeline
import Testing

@Suite struct BoundedTextTests {
    /// 4 MiB, of characters with one to four bytes.
    private static let long = String(repeating: "aé漢👧", count: (4 << 20) / 10)

    @Test(arguments: 0..<12)
    func `a text is cut between characters, and says how much is gone`(extra: Int) {
        let text = String(repeating: "x", count: extra) + Self.long
        let head = BoundedText.head(text, 1000)
        let tail = BoundedText.tail(text, 1000)
        #expect(!head.unicodeScalars.contains("\u{FFFD}") && !tail.unicodeScalars.contains("\u{FFFD}"))
        #expect(head.utf8.count < 1050 && tail.utf8.count < 1050)
        let mark = head.firstRange(of: "… (")
        let kept = mark.map { head[..<$0.lowerBound].utf8.count } ?? 0
        #expect((997...1000).contains(kept))
        #expect(head.hasSuffix("… (\(text.utf8.count - kept) bytes left out)"))
        #expect(tail.hasPrefix("(") && text.hasSuffix(tail.drop { $0 != "…" }.dropFirst()))
    }

    @Test func `a short text stays as it is`() {
        #expect(BoundedText.head("abc", 3) == "abc")
        #expect(BoundedText.tail("abc", 3) == "abc")
        #expect(BoundedText.head("", 0) == "")
    }

    @Test(arguments: RunEventTests.all)
    func `every text of every event is bounded`(event: RunEvent) throws {
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(event))
        var replaced = 0
        for path in Self.texts(in: object) where path.last != "event" {
            let data = try JSONSerialization.data(withJSONObject: Self.replacing(object, path[...]))
            // Hashes and outcomes have a form of their own.
            guard let large = try? JSONDecoder().decode(RunEvent.self, from: data) else { continue }
            replaced += 1
            let bytes = try JSONEncoder().encode(large.bounded)
            #expect(bytes.count < 64 << 10, "\(event.name) \(path)")
            #expect(String(decoding: bytes, as: UTF8.self).contains("bytes left out"), "\(event.name) \(path)")
        }
        let hasNoText = ["run.started", "run.finished"].contains(event.name)
        #expect(replaced > 0 || hasNoText)
        #expect(event.bounded == event)
    }

    /// The ways to all texts in a value of JSON.
    private static func texts(in value: Any) -> [[String]] {
        switch value {
        case is String: [[]]
        case let object as [String: Any]:
            object.sorted { $0.key < $1.key }.flatMap { key, value in texts(in: value).map { [key] + $0 } }
        case let list as [Any]:
            list.enumerated().flatMap { index, value in texts(in: value).map { ["\(index)"] + $0 } }
        default: []
        }
    }

    private static func replacing(_ value: Any, _ path: ArraySlice<String>) -> Any {
        guard let first = path.first else { return long }
        if var object = value as? [String: Any], let old = object[first] {
            object[first] = replacing(old, path.dropFirst())
            return object
        }
        if var list = value as? [Any], let index = Int(first) {
            list[index] = replacing(list[index], path.dropFirst())
            return list
        }
        return value
    }
}
