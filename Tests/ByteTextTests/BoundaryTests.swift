import ByteText
import Foundation
import SennitTesting
import Testing

struct BoundaryTests {
    /// Every byte of ASCII but zero, alone and with each mark behind it.
    private static let pieces = HostileText.bytes.flatMap { byte in
        ["\(byte)"] + HostileText.marks.map { "\(byte)\($0)" }
    }

    @Test func `a shell gives back each word that was quoted for it`() throws {
        let words = Self.pieces.filter { $0 != "\n" } + ["", "é\u{85}", "$(echo a)", "a'b\u{301}'\u{301}\\"]
        let file = FileManager.default.temporaryDirectory.appending(path: "sennit-words-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let script =
            "exec >\(ShellWord.quoted(file.path))\n"
            + words.map { "printf '%s\\0' \(ShellWord.quoted($0))" }.joined(separator: "\n")
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", script]
        try process.run()
        process.waitUntilExit()
        let output = try Data(contentsOf: file)
        #expect(
            output.split(separator: 0, omittingEmptySubsequences: false).dropLast().map(Array.init)
                == words.map { Array($0.utf8) })
    }

    @Test func `words without control characters are quoted as every shell reads them, and others show none`() {
        #expect(ShellWord.quoted("a'\u{301}b") == "'a'\\''\u{301}b'")
        #expect(ShellWord.quoted("runs/2026-01-01.sqlite") == "runs/2026-01-01.sqlite")
        #expect(ShellWord.quoted("a\u{301}") == "'a\u{301}'")
        #expect(ShellWord.quoted("\u{1B}]0;x\u{7}") == #"$'\033]0;x\007'"#)
    }

    @Test func `a path that leads out is found behind every mark`() {
        for mark in HostileText.marks {
            #expect(!PathText.staysBelow("../\(mark)x"))
            #expect(!PathText.staysBelow("a/../\(mark)/b"))
            #expect(!PathText.staysBelow("/\(mark)x"))
            #expect(PathText.staysBelow("..\(mark)/x"))
            #expect(PathText.isAbsolute("/\(mark)x"))
            let (folder, name) = PathText.split("a/\(mark)b")
            #expect(folder.bytes == "a" && name.bytes == "\(mark)b".bytes)
        }
        #expect(!PathText.staysBelow("a\u{0}b"))
        #expect(PathText.withoutEndingSlashes("/a//") == "/a")
        #expect(PathText.withoutEndingSlashes("//") == "/")
    }

    @Test func `addresses and JSON give the text back`() throws {
        for piece in Self.pieces {
            #expect(piece.bytes.percentEncoded().removingPercentEncoding.map(\.bytes) == piece.bytes)
            let json = Data("[\"\(piece.bytes.jsonEscaped)\"]".utf8)
            #expect(try JSONDecoder().decode([String].self, from: json)[0].bytes == piece.bytes)
        }
        #expect("a/b'é".bytes.percentEncoded(keeping: "/'") == "a/b'%C3%A9")
    }

    @Test func `a terminal is shown no character that it obeys`() {
        for piece in Self.pieces + ["\u{9B}31m", "\u{202E}abc", "\u{2028}"] {
            let shown = TerminalText.shown(piece)
            #expect(
                !shown.unicodeScalars.contains { $0 != "\n" && $0 != "\t" && $0.properties.generalCategory == .control }
            )
            #expect(!TerminalText.line(piece).utf8.contains { $0 < 0x20 })
        }
        #expect(TerminalText.shown("\u{1B}[31ma\r\nb\rc") == "\\u{1B}[31ma\nb\\u{D}c")
        #expect(TerminalText.line("a\tb\n") == "a\\tb\\n")
        #expect(TerminalText.shown("é\u{301} 日本") == "é\u{301} 日本")
    }
}
