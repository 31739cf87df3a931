import Testing

@testable import WebFetch

struct RedirectStepTests {
    private func decide(
        _ status: Int, _ location: String?, from: String = "https://e.org/a", method: WebMethod = .get,
        past: [WebRedirect] = [], policy: RedirectPolicy = .standard
    ) throws -> RedirectStep.Decision {
        var head = WebHead(status: status)
        head.headers["Location"] = location
        return RedirectStep.decide(head, from: try WebURL(from), method: method, past: past, policy: policy)
    }

    private func refusal(_ decision: RedirectStep.Decision) -> WebFetchError.Code? {
        if case .refuse(let code, _) = decision { code } else { nil }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `every kind of redirect is followed`(status: Int) throws {
        guard case .follow(let step) = try decide(status, "/b") else { return #expect(Bool(false)) }
        #expect(step.target.text == "https://e.org/b")
        #expect(step.method == .get)
        #expect(step.keepsSecrets)
    }

    @Test func `other statuses, and those without a target, are responses`() throws {
        #expect(try decide(200, "/b") == .keep)
        #expect(try decide(304, "/b") == .keep)
        #expect(try decide(300, "/b") == .keep)
        #expect(try decide(302, nil) == .keep)
        #expect(try decide(302, "/b", policy: .none) == .keep)
    }

    @Test func `a POST becomes a GET but for 307 and 308`() throws {
        for (status, method) in [(301, WebMethod.get), (302, .get), (303, .get), (307, .post), (308, .post)] {
            guard case .follow(let step) = try decide(status, "/b", method: .post) else { return #expect(Bool(false)) }
            #expect(step.method == method)
            #expect(step.keepsBody == (method == .post))
        }
        guard case .follow(let put) = try decide(303, "/b", method: .put) else { return #expect(Bool(false)) }
        #expect(put.method == .get)
        guard case .follow(let head) = try decide(303, "/b", method: .head) else { return #expect(Bool(false)) }
        #expect(head.method == .head)
    }

    @Test(arguments: ["https://f.org/", "https://e.org:444/", "https://sub.e.org/"])
    func `secrets stay with their origin`(target: String) throws {
        guard case .follow(let step) = try decide(302, target) else { return #expect(Bool(false)) }
        #expect(!step.keepsSecrets)
        var policy = RedirectPolicy.standard
        policy.allowsOtherOrigins = false
        #expect(refusal(try decide(302, target, policy: policy)) == .redirectRefused)
    }

    @Test func `a redirect from https to http is refused unless it is allowed`() throws {
        #expect(refusal(try decide(301, "http://e.org/a")) == .redirectRefused)
        var policy = RedirectPolicy.standard
        policy.allowsInsecureTarget = true
        guard case .follow(let step) = try decide(301, "http://e.org/a", policy: policy) else {
            return #expect(Bool(false))
        }
        #expect(!step.keepsSecrets)
    }

    @Test(arguments: ["file:///etc/passwd", "javascript:x", "http://[", "https://e.org:0/", "//"])
    func `a redirect to no address is refused`(target: String) throws {
        #expect(refusal(try decide(302, target)) == .redirectRefused)
    }

    @Test func `a circle is found, and a chain is bounded`() throws {
        #expect(refusal(try decide(302, "/a")) == .tooManyRedirects)
        let (one, two) = (try WebURL("https://e.org/1"), try WebURL("https://e.org/a"))
        let past = [WebRedirect(status: 302, source: one, target: two)]
        #expect(refusal(try decide(302, "/1", past: past)) == .tooManyRedirects)
        let long = Array(repeating: WebRedirect(status: 302, source: one, target: two), count: 5)
        #expect(refusal(try decide(302, "/b", past: long)) == .tooManyRedirects)
    }

    @Test func `a form that redirects to itself is no circle`() throws {
        guard case .follow = try decide(303, "/a", method: .post) else { return #expect(Bool(false)) }
    }
}
