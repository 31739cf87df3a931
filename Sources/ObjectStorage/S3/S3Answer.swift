import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// What a service says in XML: a page of a listing, or an error.
package struct S3Answer: Sendable {
    /// An object of a listing.
    package struct Entry: Sendable {
        package var key = ""
        package var byteCount: Int64 = 0
        package var modified: Int64 = 0
    }

    /// The name of the outermost element: `ListBucketResult`, `Error`.
    package var root = ""
    package var entries: [Entry] = []
    /// What to ask with for the next page; `nil` on the last.
    package var continuation: String?
    package var errorCode: String?
    package var errorMessage: String?

    /// Reads an answer.
    ///
    /// - Throws: ``StorageError`` with `unexpectedAnswer` for what is no XML.
    package init(parsing bytes: [UInt8]) throws(StorageError) {
        let reader = Reader()
        let parser = XMLParser(data: Data(bytes))
        parser.delegate = reader
        // The parser of some platforms calls a document that breaks off a whole one.
        guard parser.parse(), !reader.answer.root.isEmpty, reader.depth == 0 else {
            let start = String(decoding: bytes.prefix(80), as: UTF8.self)
            throw StorageError(
                .unexpectedAnswer, "the storage's answer is no XML: \(start.debugDescription). Is the endpoint right?")
        }
        self = reader.answer
    }

    private init() {}

    /// Collects what the parser meets.
    private final class Reader: NSObject, XMLParserDelegate {
        var answer = S3Answer()
        /// Elements that are open.
        var depth = 0
        private var text = ""
        private var entry: Entry?

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String] = [:]
        ) {
            depth += 1
            if answer.root.isEmpty { answer.root = name }
            if name == "Contents" { entry = Entry() }
            text = ""
        }

        func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            depth -= 1
            switch name {
            case "Key": entry?.key = text
            case "Size": entry?.byteCount = Int64(text) ?? 0
            case "LastModified": entry?.modified = Self.seconds(text)
            case "NextContinuationToken": answer.continuation = text
            case "Code": answer.errorCode = text
            case "Message": answer.errorMessage = text
            case "Contents":
                if let entry { answer.entries.append(entry) }
                entry = nil
            default: break
            }
            text = ""
        }

        private static func seconds(_ text: String) -> Int64 {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
            return (try? style.parse(text)).map { Int64($0.timeIntervalSince1970) } ?? 0
        }
    }
}
