import Testing

@testable import WebFetch

struct ResumePlanTests {
    private let tag = "\"v1\""

    private func head(_ status: Int, _ headers: WebHeaders = [:]) -> WebHead {
        WebHead(status: status, headers: headers)
    }

    private func cut(at offset: Int64, of total: Int64 = 100) -> ResumePlan {
        ResumePlan(
            PartialDownload(byteCount: offset, validators: Validators(entityTag: tag), totalByteCount: total))
    }

    @Test func `the first request asks for the whole`() {
        var plan = ResumePlan()
        #expect(plan.headers.fields.isEmpty)
        expect(plan.take(head(200, ["ETag": tag, "Content-Length": "10"])), is: .start)
        expect(plan.take(4), is: 0)
        #expect(!plan.isComplete)
        #expect(plan.headers == ["Range": "bytes=4-", "If-Range": tag])
        expect(plan.take(6), is: 0)
        #expect(plan.isComplete)
    }

    @Test func `a part that fits goes on`() {
        var plan = cut(at: 40)
        expect(
            plan.take(head(206, ["Content-Range": "bytes 40-99/100", "ETag": tag, "Content-Length": "60"])), is: .resume
        )
        expect(plan.take(60), is: 0)
        #expect(plan.isComplete)
    }

    @Test(
        arguments: [
            ["Content-Range": "bytes 41-99/100"], ["Content-Range": "bytes 0-99/100"],
            ["Content-Range": "bytes 40-99/101"],
            [:], ["Content-Range": "nonsense"], ["Content-Range": "bytes 40-99/100", "ETag": "\"v2\""],
            ["Content-Range": "bytes 40-99/100", "Content-Length": "61"],
        ] as [WebHeaders])
    func `a part that does not fit is an error`(headers: WebHeaders) {
        var plan = cut(at: 40)
        guard case .failure(.rangeMismatch, _) = plan.take(head(206, headers)) else { return #expect(Bool(false)) }
    }

    @Test func `a part that was not asked for is an error`() {
        var plan = ResumePlan()
        guard case .failure(.rangeMismatch, _) = plan.take(head(206, ["Content-Range": "bytes 0-9/10"])) else {
            return #expect(Bool(false))
        }
    }

    @Test func `a changed resource restarts from zero`() {
        var plan = cut(at: 40)
        expect(plan.take(head(200, ["ETag": "\"v2\"", "Content-Length": "7"])), is: .start)
        #expect(plan.offset == 0)
        expect(plan.take(7), is: 0)
        #expect(plan.isComplete)
    }

    @Test func `a server that ignores ranges has its known bytes skipped`() {
        var plan = cut(at: 40)
        expect(plan.take(head(200, ["ETag": tag, "Content-Length": "100"])), is: .resume)
        expect(plan.take(30), is: 30)
        expect(plan.take(30), is: 10)
        #expect(plan.offset == 60)
    }

    @Test func `a weak tag never resumes`() {
        let plan = ResumePlan(PartialDownload(byteCount: 5, validators: Validators(entityTag: "W/\"a\"")))
        #expect(plan.offset == 0)
        #expect(plan.headers.fields.isEmpty)
        var started = ResumePlan()
        _ = started.take(head(200, ["ETag": "W/\"a\""]))
        _ = started.take(5)
        #expect(started.headers.fields.isEmpty)
    }

    @Test func `nothing behind the offset means complete, or a shorter resource`() {
        var whole = cut(at: 100)
        expect(whole.take(head(416, ["Content-Range": "bytes */100"])), is: .complete)
        var shorter = cut(at: 40)
        expect(shorter.take(head(416, ["Content-Range": "bytes */30"])), is: .askAgain)
        #expect(shorter.headers.fields.isEmpty)
    }

    @Test func `another status is not the resource`() {
        var plan = cut(at: 40)
        expect(plan.take(head(404)), is: .other)
        #expect(plan.offset == 40)
    }
}
