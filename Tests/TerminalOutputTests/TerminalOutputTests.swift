import TerminalOutput
import Testing

@Suite struct TerminalOutputTests {
    @Test(arguments: [
        ("plain, with\ttabs\nand lines", "plain, with\ttabs\nand lines"),
        ("a\r\nb", "a\nb"),
        ("\u{1B}[31mred\u{1B}[0m", "\\u001b[31mred\\u001b[0m"),
        ("\u{1B}]0;title\u{07}", "\\u001b]0;title\\u0007"),
        ("100 %\rdone\u{8}", "100 %\\u000ddone\\u0008"),
        ("\u{9B}2J\u{85}\u{7F}\u{0}", "\\u009b2J\\u0085\\u007f\\u0000"),
        ("\u{1B}\u{301}[2J", "\\u001b\u{301}[2J"),
        ("evil\u{202E}txt.exe\u{2069}\u{2028}", "evil\\u202etxt.exe\\u2069\\u2028"),
        ("Grüße, “quotes” … 漢字 👩‍👩‍👧 £", "Grüße, “quotes” … 漢字 👩‍👩‍👧 £"),
    ])
    func `nothing but text arrives`(text: String, clean: String) {
        #expect(TerminalOutput.clean(text) == clean)
    }

    @Test func `the program's own sequences arrive, beside others that do not`() {
        let text = TerminalOutput.control("\r\u{1B}[1m") + "a\u{1B}[2m" + TerminalOutput.control("\u{1B}[0m")
        #expect(TerminalOutput.clean(text) == "\r\u{1B}[1ma\\u001b[2m\u{1B}[0m")
    }

    @Test(arguments: 0..<200)
    func `of any text no control character arrives`(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let special: [UInt32] = [0x1B, 0x9B, 0x9D, 0xD, 0x8, 0x7, 0x202E, 0x2066, 0x2028, 0x301, 0x200D, 0xFE0F, 0x5B]
        var text = ""
        for _ in 0..<random(60) {
            let value = random(2) == 0 ? special[random(special.count)] : UInt32(random(0x3000))
            if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
        }
        for scalar in TerminalOutput.clean(text).unicodeScalars where scalar != "\n" && scalar != "\t" {
            let isControl =
                scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || (0x2028...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            #expect(!isControl, "U+\(String(scalar.value, radix: 16))")
        }
    }
}
