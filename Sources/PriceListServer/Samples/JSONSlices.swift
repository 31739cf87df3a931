import ByteText

/// Cuts a JSON array into its elements without reading them, so that every digit is served as it stands.
package enum JSONSlices {
    /// The bytes of each element of the outermost array, or of the array under a name of the outermost object.
    package static func elements(of bytes: [UInt8], under name: String? = nil) -> [ArraySlice<UInt8>]? {
        guard let start = name.map({ self.start(of: $0, in: bytes) }) ?? bytes.firstIndex(of: UInt8(ascii: "["))
        else { return nil }
        var elements: [ArraySlice<UInt8>] = []
        var (depth, isInText, isEscaped) = (0, false, false)
        var begin = start + 1
        for index in start..<bytes.count {
            let byte = bytes[index]
            if isInText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"):
                if byte != UInt8(ascii: ",") { depth -= 1 }
                guard depth == (byte == UInt8(ascii: ",") ? 1 : 0) else { continue }
                let element = trimmed(bytes[begin..<index])
                if !element.isEmpty { elements.append(element) }
                begin = index + 1
                if depth == 0 { return elements }
            default: break
            }
        }
        return nil
    }

    private static func start(of name: String, in bytes: [UInt8]) -> Int? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let range = text.bytes.range(of: "\"\(name)\"".bytes) else { return nil }
        let offset = text.utf8.distance(from: text.utf8.startIndex, to: range.upperBound)
        return bytes[offset...].firstIndex(of: UInt8(ascii: "["))
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let rest = bytes.drop { $0 <= 0x20 }
        let end = rest.lastIndex { $0 > 0x20 } ?? rest.startIndex - 1
        return rest.isEmpty ? rest : rest[rest.startIndex...end]
    }
}
