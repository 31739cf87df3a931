internal import ByteText

/// Resumes a download where it was cut off, or starts it again; pure.
///
/// Offsets count bytes as they cross the wire: a range is one of those, so a resumed download is never decoded here.
struct ResumePlan {
    /// How many bytes the reader has of the present version.
    private(set) var offset: Int64
    /// What the server said of that version.
    private(set) var validators: Validators
    /// The length of the whole, once known.
    private(set) var total: Int64?
    private var toSkip: Int64 = 0

    /// Starts a download, or goes on with a part that an earlier one has left.
    init(_ part: PartialDownload? = nil) {
        offset = part?.byteCount ?? 0
        validators = part?.validators ?? Validators()
        total = part?.totalByteCount
        // Without a strong tag nothing tells whether the part belongs to the present version.
        if validators.strongTag == nil { restart() }
    }

    private mutating func restart() {
        offset = 0
        validators = Validators()
        total = nil
    }

    /// What a head means for the reader.
    enum Step: Equatable {
        /// The bytes go on where they were.
        case resume
        /// The bytes start from zero: first ever, or because the resource has changed.
        case start
        /// Not the resource; the response is the outcome.
        case other
        /// The part that is there is the whole.
        case complete
        /// The part is of no use any more; the whole must be asked for.
        case askAgain
        case failure(WebFetchError.Code, String)
    }

    /// The headers that ask for the rest; none for the whole.
    var headers: WebHeaders {
        guard offset > 0, let tag = validators.strongTag else { return [:] }
        return ["Range": "bytes=\(offset)-", "If-Range": tag]
    }

    /// Judges the head of a response to ``headers``.
    mutating func take(_ head: WebHead) -> Step {
        let asked = offset > 0
        switch head.status {
        case 200:
            toSkip = 0
            if asked, let tag = head.validators.strongTag, tag == validators.strongTag {
                // The server ignores ranges; equal strong tags promise equal bytes.
                toSkip = offset
                total = head.contentLength ?? total
                return .resume
            }
            restart()
            validators = head.validators
            total = head.contentLength
            return .start
        case 206: return part(head, asked: asked)
        case 416 where asked: return unsatisfied(head)
        default: return .other
        }
    }

    private mutating func part(_ head: WebHead, asked: Bool) -> Step {
        guard asked else { return .failure(.rangeMismatch, "the server sent a part that was not asked for") }
        guard let text = head.headers["content-range"], let range = ContentRange(text) else {
            return .failure(.rangeMismatch, "the server sent a part without a usable Content-Range")
        }
        guard range.first == offset else {
            return .failure(.rangeMismatch, "byte \(offset) was asked for, and byte \(range.first) came")
        }
        guard total == nil || range.total == nil || range.total == total else {
            return .failure(.rangeMismatch, "the length changed from \(total ?? 0) to \(range.total ?? 0) bytes")
        }
        guard head.contentLength == nil || head.contentLength == range.last - range.first + 1 else {
            return .failure(.rangeMismatch, "Content-Range and Content-Length contradict each other")
        }
        let tag = head.validators.entityTag
        guard tag == nil || tag == validators.entityTag else {
            return .failure(.rangeMismatch, "the part belongs to another version")
        }
        total = total ?? range.total
        toSkip = 0
        return .resume
    }

    /// The server has no bytes behind the offset: all are there, or the resource is shorter now.
    private mutating func unsatisfied(_ head: WebHead) -> Step {
        let said = head.headers["content-range"]?.bytes.trimmed.withoutStart("bytes */").flatMap { Int64($0.text) }
        if (said ?? total) == offset { return .complete }
        restart()
        return .askAgain
    }

    /// Takes so many bytes of a body.
    ///
    /// - Returns: How many of them at the start are known already.
    mutating func take(_ count: Int) -> Int {
        let skipped = Int(min(toSkip, Int64(count)))
        toSkip -= Int64(skipped)
        offset += Int64(count - skipped)
        return skipped
    }

    /// Whether every announced byte has come.
    var isComplete: Bool { total.map { $0 == offset } ?? true }

    /// Whether the bytes that came can be kept when the download goes on.
    var canResume: Bool { offset == 0 || validators.strongTag != nil }

    /// What is there, for a later download to go on with.
    var part: PartialDownload {
        PartialDownload(byteCount: offset, validators: validators, totalByteCount: total)
    }
}

/// What is there of a download that was cut off.
public struct PartialDownload: Sendable, Hashable, Codable {
    /// How many bytes are there, from the first.
    public var byteCount: Int64
    /// What the server said of the version that they belong to.
    public var validators: Validators
    /// The length of the whole, if the server announced it.
    public var totalByteCount: Int64?

    /// Makes a description of a part.
    public init(byteCount: Int64, validators: Validators, totalByteCount: Int64? = nil) {
        self.byteCount = byteCount
        self.validators = validators
        self.totalByteCount = totalByteCount
    }
}
