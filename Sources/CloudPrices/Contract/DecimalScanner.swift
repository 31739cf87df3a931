/// Reads the digits of a number.
enum DecimalScanner {
    struct Number {
        var coefficient: Int128
        var scale: Int
        /// Whether the plain notation of these digits is the text that was read.
        var isPlain: Bool
    }

    /// What the digits so far say; a plain number of up to 18 digits never leaves 64 bits.
    private struct Digits {
        var low: UInt64 = 0
        var wide: UInt128 = 0
        var significant = 0
        var seen = 0
        var scale = 0

        @inline(__always)
        mutating func append(_ digit: UInt8) throws(ExactDecimalError) {
            seen += 1
            if significant == 0, digit == 0 { return }
            significant += 1
            if significant <= 18 {
                low = low &* 10 &+ UInt64(digit)
            } else {
                try appendWide(digit)
            }
        }

        private mutating func appendWide(_ digit: UInt8) throws(ExactDecimalError) {
            guard significant <= ExactDecimal.maximumDigits else { throw .tooManyDigits }
            if significant == 19 { wide = UInt128(low) }
            wide = wide * 10 + UInt128(digit)
        }

        var magnitude: UInt128 { significant <= 18 ? UInt128(low) : wide }
    }

    static func scan(_ text: Span<UInt8>) throws(ExactDecimalError) -> Number {
        let count = text.count
        var position = 0
        var isNegative = false
        var isPlain = true
        if count > 0, text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
            isNegative = text[0] == UInt8(ascii: "-")
            isPlain = isNegative
            position = 1
        }
        var digits = Digits()
        let start = position
        while position < count, case let digit = text[position] &- UInt8(ascii: "0"), digit < 10 {
            try digits.append(digit)
            position += 1
        }
        let wholeDigits = position - start
        if wholeDigits == 0 || (wholeDigits > 1 && text[start] == UInt8(ascii: "0")) { isPlain = false }
        if position < count, text[position] == UInt8(ascii: ".") {
            position += 1
            while position < count, case let digit = text[position] &- UInt8(ascii: "0"), digit < 10 {
                try digits.append(digit)
                digits.scale += 1
                position += 1
            }
            if digits.scale == 0 { isPlain = false }
        }
        guard digits.seen > 0 else { throw .notANumber }
        guard digits.scale <= ExactDecimal.maximumScale else { throw .tooManyDigits }
        if position < count {
            try applyExponent(text, at: position, to: &digits)
            isPlain = false
        }
        let magnitude = digits.magnitude
        guard magnitude <= UInt128(Int128.max) else { throw .tooManyDigits }
        if isNegative, magnitude == 0 { isPlain = false }
        return Number(
            coefficient: isNegative ? -Int128(magnitude) : Int128(magnitude), scale: digits.scale, isPlain: isPlain)
    }

    /// Reads `E-05` to the end of the text and moves the point.
    private static func applyExponent(
        _ text: Span<UInt8>, at start: Int, to digits: inout Digits
    ) throws(ExactDecimalError) {
        var position = start
        guard text[position] | 0x20 == UInt8(ascii: "e") else { throw .notANumber }
        position += 1
        var isNegative = false
        if position < text.count, text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+") {
            isNegative = text[position] == UInt8(ascii: "-")
            position += 1
        }
        guard position < text.count else { throw .notANumber }
        var exponent = 0
        while position < text.count {
            let digit = text[position] &- UInt8(ascii: "0")
            guard digit < 10 else { throw .notANumber }
            exponent = min(exponent * 10 + Int(digit), 1_000_000)
            position += 1
        }
        digits.scale += isNegative ? exponent : -exponent
        if digits.significant == 0 { digits.scale = min(max(digits.scale, 0), ExactDecimal.maximumScale) }
        while digits.scale < 0 {
            try digits.append(0)
            digits.scale += 1
        }
        guard digits.scale <= ExactDecimal.maximumScale else { throw .tooManyDigits }
    }
}
