import ByteText
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
    /// - Throws: ``StorageError`` with `unexpectedAnswer` for what is no XML, and for an object without a key, a size
    ///   or a time.
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
    /// What stands in the `Contents` that is open.
    private var fields: [String: String]?

    mutating func take(_ piece: XMLPiece) {
        switch piece {
        case .start(let element):
            if answer.root.isEmpty { answer.root = element }
            if element == "Contents" { fields = [:] }
            text = ""
        case .text(let more): text += more
        case .end(let element):
            end(element)
            text = ""
        }
    }

    private mutating func end(_ element: String) {
        switch element {
        case "Key", "Size", "LastModified": fields?[element] = text
        case "NextContinuationToken": answer.continuation = text
        case "Code": answer.errorCode = text
        case "Message": answer.errorMessage = text
        case "Contents":
            guard let fields else { return }
            if let entry = S3Answer.Entry(fields) {
                answer.entries.append(entry)
            } else {
                problem = problem ?? "an object that is not described: \(fields)"
            }
            self.fields = nil
        default: break
        }
    }
}

extension S3Answer.Entry {
    fileprivate init?(_ fields: [String: String]) {
        guard let key = fields["Key"], !key.isEmpty, let bytes = fields["Size"].flatMap({ Int64($0) }),
            let time = fields["LastModified"]
        else { return nil }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: time.bytes.holds("."))
        guard let date = try? style.parse(time) else { return nil }
        self.init(key: key, byteCount: bytes, modified: Int64(date.timeIntervalSince1970))
    }
}
