/// Which redirects a fetch follows.
///
/// Redirects are followed by the client itself, so each hop passes the ``AddressPolicy`` and stands in
/// ``WebResponse/redirects``. Credentials never follow to another origin.
public struct RedirectPolicy: Sendable, Hashable {
    /// The most redirects of one fetch.
    public var maximumCount: Int
    /// Whether a redirect may lead from `https` to `http`.
    public var allowsInsecureTarget = false
    /// Whether a redirect may lead to another scheme, host or port.
    public var allowsOtherOrigins = true

    /// Makes a policy.
    public init(maximumCount: Int = 5) { self.maximumCount = max(maximumCount, 0) }

    /// Up to five redirects, never from `https` to `http`.
    public static let standard = RedirectPolicy()
    /// No redirect; a response that redirects is the fetch's response.
    public static let none = RedirectPolicy(maximumCount: 0)
}

/// One redirect that was followed.
public struct WebRedirect: Sendable, Hashable {
    /// The status: 301, 302, 303, 307 or 308.
    public var status: Int
    /// The address that answered.
    public var source: WebURL
    /// The address that it named.
    public var target: WebURL

    /// Whether the server says that the address has changed for good: status 301 or 308.
    public var isPermanent: Bool { status == 301 || status == 308 }

    /// Makes a redirect.
    public init(status: Int, source: WebURL, target: WebURL) {
        (self.status, self.source, self.target) = (status, source, target)
    }
}

/// What a redirect changes of a request; pure.
struct RedirectStep: Equatable {
    /// What to do about a response.
    enum Decision: Equatable {
        /// It is the fetch's response.
        case keep
        case follow(RedirectStep)
        case refuse(WebFetchError.Code, String)
    }

    var target: WebURL
    var method: WebMethod
    var keepsBody: Bool
    var keepsSecrets: Bool

    /// Decides about a response.
    ///
    /// - Parameters:
    ///   - head: The response.
    ///   - url: The address that answered.
    ///   - method: The method that it answered.
    ///   - past: The redirects that were followed so far.
    ///   - policy: What is followed.
    /// - Returns: What to do.
    static func decide(
        _ head: WebHead, from url: WebURL, method: WebMethod, past: [WebRedirect], policy: RedirectPolicy
    ) -> Decision {
        guard [301, 302, 303, 307, 308].contains(head.status), policy.maximumCount > 0 else { return .keep }
        guard let location = head.headers["location"] else { return .keep }
        guard past.count < policy.maximumCount else {
            return .refuse(.tooManyRedirects, "more than \(policy.maximumCount) redirects")
        }
        let target: WebURL
        do {
            target = try url.resolving(location)
        } catch {
            return .refuse(.redirectRefused, "a redirect leads to no address: \(error.detail)")
        }
        if url.isSecure, !target.isSecure, !policy.allowsInsecureTarget {
            return .refuse(.redirectRefused, "a redirect leads from https to http, at \(target.origin)")
        }
        let isSameOrigin = target.origin == url.origin
        guard isSameOrigin || policy.allowsOtherOrigins else {
            return .refuse(.redirectRefused, "a redirect leads to another server, \(target.origin)")
        }
        let becomesGet = head.status == 303 ? method != .head : head.status < 303 && method == .post
        let next = becomesGet ? WebMethod.get : method
        guard !isLoop(target, from: url, past: past, keepsMethod: next == method) else {
            return .refuse(.tooManyRedirects, "the redirects lead in a circle")
        }
        return .follow(
            RedirectStep(target: target, method: next, keepsBody: !becomesGet, keepsSecrets: isSameOrigin))
    }

    /// Without cookies a server that is asked the same twice answers the same twice.
    private static func isLoop(
        _ target: WebURL, from url: WebURL, past: [WebRedirect], keepsMethod: Bool
    ) -> Bool {
        guard keepsMethod else { return false }
        return target.text == url.text || past.contains { $0.source.text == target.text }
    }

    /// Headers that carry credentials; they stay with the origin that they are meant for.
    static let credentialHeaders = ["authorization", "cookie", "proxy-authorization"]
}
