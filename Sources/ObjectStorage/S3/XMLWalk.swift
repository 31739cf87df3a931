import CExpat

/// What a document of XML is made of, in the order in which it stands there.
enum XMLPiece {
    case start(element: String)
    /// A text may come in several pieces.
    case text(String)
    case end(element: String)
}

// Safety: the parser and the visitor live from the start of `walk` to its end, and expat calls back within that call
// only. Its names end with a zero byte, its texts have a length, and both are copied before a callback returns.
/// Walks through documents of XML.
@safe
enum XMLWalk {
    /// Shows each piece of a document to a visitor.
    ///
    /// - Returns: Nothing, or what is wrong with the document and in which line; the pieces before it have been shown.
    static func walk(_ bytes: [UInt8], _ visit: (XMLPiece) -> Void) -> String? {
        guard let parser = unsafe XML_ParserCreate(nil) else { return "no memory is left to read it" }
        defer { unsafe XML_ParserFree(parser) }
        guard bytes.count <= Int32.max else { return "it is too long" }
        return withoutActuallyEscaping(visit) { visit in
            let visitor = Visitor(visit)
            return withExtendedLifetime(visitor) {
                unsafe XML_SetUserData(parser, Unmanaged.passUnretained(visitor).toOpaque())
                unsafe listen(to: parser)
                let status = unsafe bytes.withUnsafeBytes { bytes in
                    let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                    return unsafe XML_Parse(parser, start, Int32(bytes.count), 1)
                }
                guard status != XML_STATUS_OK else { return nil }
                let reason = unsafe XML_ErrorString(XML_GetErrorCode(parser)).map { unsafe String(cString: $0) }
                return unsafe "\(reason ?? "an error") in line \(XML_GetCurrentLineNumber(parser))"
            }
        }
    }

    private final class Visitor {
        let visit: (XMLPiece) -> Void

        init(_ visit: @escaping (XMLPiece) -> Void) { self.visit = visit }

        static func at(_ pointer: UnsafeMutableRawPointer?) -> Visitor? {
            unsafe pointer.map { unsafe Unmanaged<Visitor>.fromOpaque($0).takeUnretainedValue() }
        }
    }

    private static func listen(to parser: XML_Parser) {
        unsafe XML_SetElementHandler(
            parser,
            { context, name, _ in
                guard let name = unsafe name else { return }
                unsafe Visitor.at(context)?.visit(.start(element: String(cString: name)))
            },
            { context, name in
                guard let name = unsafe name else { return }
                unsafe Visitor.at(context)?.visit(.end(element: String(cString: name)))
            })
        unsafe XML_SetCharacterDataHandler(parser) { context, text, count in
            let bytes = unsafe UnsafeRawBufferPointer(start: text, count: Int(count))
            unsafe Visitor.at(context)?.visit(.text(String(decoding: bytes, as: UTF8.self)))
        }
    }
}
