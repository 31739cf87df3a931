import Foundation

/// What a service says in XML: a page of a listing, or an error.
package struct S3Answer: Sendable {
    /// An object of a listing.
    package struct Entry: Sendable {
        package var key = ""
        package var byteCount: Int64 = 0
        /// Seconds since 1970.
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
    /// - Throws: ``StorageError`` with `unexpectedAnswer` for what is no XML, and for an object without a key, or whose
    ///   size or time is none.
    package init(parsing bytes: [UInt8]) throws(StorageError) {
        var reader = S3AnswerReader()
        if let wrong = XMLWalk.walk(bytes, { reader.take($0) }) {
            let start = String(decoding: bytes.prefix(80), as: UTF8.self)
            throw StorageError(
                .unexpectedAnswer,
                "the storage's answer is no XML (\(wrong)): \(start.debugDescription). Is the endpoint right?")
        }
        if let problem = reader.problem { throw StorageError(.unexpectedAnswer, "the storage lists \(problem)") }
        self = reader.answer
    }

    fileprivate init() {}
}

/// Collects what stands in an answer.
private struct S3AnswerReader {
    var answer = S3Answer()
    /// The first thing that is not as it must be.
    var problem: String?
    private var text = ""
    private var entry: S3Answer.Entry?

    mutating func take(_ piece: XMLPiece) {
        switch piece {
        case .start(let element):
            if answer.root.isEmpty { answer.root = element }
            if element == "Contents" { entry = S3Answer.Entry() }
            text = ""
        case .text(let more): text += more
        case .end(let element):
            end(element)
            text = ""
        }
    }

    private mutating func end(_ element: String) {
        switch element {
        case "Key": entry?.key = text
        case "Size": if entry != nil { entry?.byteCount = number(Int64(text), "a size") }
        case "LastModified": if entry != nil { entry?.modified = number(Self.seconds(text), "a time") }
        case "NextContinuationToken": answer.continuation = text
        case "Code": answer.errorCode = text
        case "Message": answer.errorMessage = text
        case "Contents":
            guard let ended = entry else { return }
            if ended.key.isEmpty { problem = problem ?? "an object without a key" }
            answer.entries.append(ended)
            entry = nil
        default: break
        }
    }

    private mutating func number(_ value: Int64?, _ what: String) -> Int64 {
        if value == nil { problem = problem ?? "\(text.debugDescription) as \(what)" }
        return value ?? 0
    }

    private static func seconds(_ text: String) -> Int64? {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
        return (try? style.parse(text)).map { Int64($0.timeIntervalSince1970) }
    }
}
