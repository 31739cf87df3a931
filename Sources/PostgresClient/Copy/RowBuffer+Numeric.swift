// Safety: the text is lent by the caller for the call; every index into it is below `count`, as each loop shows.

/// The text of a decimal number, taken apart but not yet read.
@safe
struct DecimalParts {
    var isNegative = false
    /// The digits before the point, without leading zeros.
    var whole = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    /// The digits after the point.
    var fraction = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    /// What follows the letter E.
    var exponent = 0

    /// Postgres's own limits.
    static let mostWholeDigits = 131_072
    static let mostFractionDigits = 16_383

    /// nil if the text is no decimal number.
    init?(_ text: UnsafeRawBufferPointer) {
        let count = text.count
        var index = 0
        if count > 0, unsafe text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
            isNegative = unsafe text[0] == UInt8(ascii: "-")
            index = 1
        }
        let wholeStart = index
        while index < count, unsafe text[index] &- 48 < 10 { index += 1 }
        let wholeEnd = index
        var fractionStart = index
        if index < count, unsafe text[index] == UInt8(ascii: ".") {
            index += 1
            fractionStart = index
            while index < count, unsafe text[index] &- 48 < 10 { index += 1 }
        }
        let fractionEnd = index
        guard wholeEnd > wholeStart || fractionEnd > fractionStart else { return nil }
        var firstDigit = wholeStart
        while firstDigit < wholeEnd, unsafe text[firstDigit] == 48 { firstDigit += 1 }
        unsafe whole = UnsafeRawBufferPointer(rebasing: text[firstDigit..<wholeEnd])
        unsafe fraction = UnsafeRawBufferPointer(rebasing: text[fractionStart..<fractionEnd])
        guard index < count else { return }
        guard unsafe text[index] | 32 == UInt8(ascii: "e"),
            let exponent = unsafe Self.exponent(UnsafeRawBufferPointer(rebasing: text[(index + 1)...]))
        else { return nil }
        self.exponent = exponent
    }

    private static func exponent(_ text: UnsafeRawBufferPointer) -> Int? {
        guard let first = unsafe text.first else { return nil }
        let isSigned = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        var index = isSigned ? 1 : 0
        guard index < text.count else { return nil }
        var value = 0
        while index < text.count {
            let digit = unsafe text[index] &- 48
            guard digit < 10 else { return nil }
            // Beyond any number that Postgres can hold: no more digits matter.
            value = min(value * 10 + Int(digit), 1_000_000)
            index += 1
        }
        return first == UInt8(ascii: "-") ? -value : value
    }

    /// The same number written without an exponent; nil if it is too long for Postgres.
    func written() -> [UInt8]? {
        let digits = unsafe Array(whole) + Array(fraction)
        let point = unsafe whole.count + exponent
        let scale = unsafe max(0, fraction.count - exponent)
        guard point <= Self.mostWholeDigits, scale <= Self.mostFractionDigits, digits.count <= Self.mostWholeDigits
        else { return nil }
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        if point > 0 { text += digits.prefix(point) + Array(repeating: 48, count: max(0, point - digits.count)) }
        text.append(UInt8(ascii: "."))
        let after = Array(repeating: 48, count: max(0, -point)) + digits.dropFirst(max(0, point))
        text += after + Array(repeating: 48, count: max(0, scale - after.count))
        if text.last == UInt8(ascii: "."), text.count < 3 { text.append(48) }
        return text
    }
}

extension RowBuffer {
    /// Appends a decimal number as a field of type numeric, with every digit of its text, trailing zeros too.
    ///
    /// - Returns: Why it cannot; nothing is appended then.
    mutating func appendNumeric(_ text: UnsafeRawBufferPointer) -> String? {
        guard let parts = unsafe DecimalParts(text) else { return "is not a decimal number" }
        guard parts.exponent == 0 else {
            guard let written = parts.written() else { return "has too many digits" }
            return unsafe written.withUnsafeBytes { unsafe appendNumeric($0) }
        }
        let (whole, fraction) = unsafe (parts.whole, parts.fraction)
        guard whole.count <= DecimalParts.mostWholeDigits, fraction.count <= DecimalParts.mostFractionDigits
        else { return "has too many digits" }
        let groups = (whole.count + 3) / 4 + (fraction.count + 3) / 4
        reserve(12 + 2 * groups)
        let start = count
        append(Int32(0))
        append(Int64(0))
        var weight = (whole.count + 3) / 4 - 1
        unsafe appendWhole(whole)
        let first = start + 12
        var index = 0
        while index < fraction.count {
            let group = unsafe Self.fractionGroup(fraction, index)
            if group != 0 || count > first { append(group) } else { weight -= 1 }
            index += 4
        }
        dropTrailingZeroGroups(from: first)
        let digits = (count - first) / 2
        patch(Int32(count - start - 4), at: start)
        patch(Int16(truncatingIfNeeded: digits), at: start + 4)
        patch(Int16(truncatingIfNeeded: digits == 0 ? 0 : weight), at: start + 6)
        patch(UInt16(parts.isNegative && digits > 0 ? 0x4000 : 0), at: start + 8)
        patch(Int16(fraction.count), at: start + 10)
        return nil
    }

    /// Groups of four digits, the first of which may have fewer.
    private mutating func appendWhole(_ digits: UnsafeRawBufferPointer) {
        var index = 0
        var end = (digits.count - 1) % 4 + 1
        while end <= digits.count, index < end {
            var group: Int16 = 0
            while index < end {
                group = unsafe group &* 10 &+ Int16(digits[index] &- 48)
                index += 1
            }
            append(group)
            end += 4
        }
    }

    /// Four digits after the point, with zeros for those that are not there.
    @inline(always)
    private static func fractionGroup(_ digits: UnsafeRawBufferPointer, _ start: Int) -> Int16 {
        var group: Int16 = 0
        for index in start..<start + 4 {
            group = unsafe group &* 10 &+ (index < digits.count ? Int16(digits[index] &- 48) : 0)
        }
        return group
    }
}
