/// One fetch under way: performs what the pure parts decide.
struct FetchSession {
    private let request: WebRequest
    private let client: WebClient
    private let limits: WebLimits
    private let deadline: ContinuousClock.Instant
    private let redirectPolicy: RedirectPolicy
    private let decision: RetryDecision
    private var attempt = 1
    /// How many requests were begun.
    private(set) var requestCount = 0

    /// A response that has come, and what carries it.
    struct Arrival {
        var exchange: any WebExchange
        var response: WebResponse
    }

    init(_ request: WebRequest, client: WebClient) throws(WebFetchError) {
        if let problem = request.problem {
            throw WebFetchError(
                .invalidRequest, url: request.shown(request.url), phase: .preparing,
                detail: "the request cannot be sent: \(problem)")
        }
        self.request = request
        self.client = client
        limits = request.limits ?? client.configuration.limits
        deadline = .now + limits.whole
        redirectPolicy = request.redirects ?? client.configuration.redirects
        decision = RetryDecision(
            policy: request.retry ?? client.configuration.retry,
            isIdempotent: request.isIdempotent ?? request.method.isIdempotent)
    }

    /// The response, behind redirects and retries.
    ///
    /// - Parameter extra: Headers of this attempt alone.
    /// - Returns: The response.
    /// - Throws: ``WebFetchError``; `CancellationError`.
    mutating func respond(extra: WebHeaders = [:]) async throws -> Arrival {
        while true {
            do {
                let arrival = try await follow(extra)
                let wait = arrival.response.retryAfter(secondsSince1970: client.pace.secondsSince1970())
                guard let pause = pause(after: .status(arrival.response.status, retryAfter: wait)) else {
                    return arrival
                }
                client.finish(arrival)
                try await waitForRetry(pause)
            } catch let error as WebFetchError {
                try await pauseOrThrow(error)
            }
        }
    }

    /// Waits until the request may be sent again, or throws the error that ends the fetch.
    mutating func pauseOrThrow(_ error: WebFetchError) async throws {
        guard let pause = pause(after: .failure(error)) else {
            var error = error
            error.requestCount = requestCount
            throw error
        }
        try await waitForRetry(pause)
    }

    /// Bytes have come, so what fails from now on is another failure.
    mutating func progressed() { attempt = 1 }

    private func pause(after outcome: RetryDecision.Outcome) -> Duration? {
        decision.pause(
            after: outcome, attempt: attempt, left: ContinuousClock.now.duration(to: deadline),
            random: client.pace.random())
    }

    private mutating func waitForRetry(_ pause: Duration) async throws {
        attempt += 1
        client.count { $0.retries += 1 }
        try await client.pace.wait(pause)
    }

    private mutating func follow(_ extra: WebHeaders) async throws -> Arrival {
        var call = firstCall(extra)
        var redirects: [WebRedirect] = []
        while true {
            let exchange = try await begin(call)
            let head = exchange.head
            switch RedirectStep.decide(
                head, from: call.url, method: call.method, past: redirects, policy: redirectPolicy)
            {
            case .keep:
                do {
                    return try arrival(exchange, call: call, redirects: redirects)
                } catch {
                    exchange.end()
                    throw error
                }
            case .refuse(let code, let detail):
                exchange.end()
                throw WebFetchError(
                    code, url: call.shownURL, phase: .head, detail: detail, requestCount: requestCount)
            case .follow(let step):
                exchange.end()
                client.count { counts in
                    counts.redirects += 1
                    if let report = exchange.report { counts.add(report) }
                }
                redirects.append(WebRedirect(status: head.status, source: call.url, target: step.target))
                redirect(&call, by: step)
            }
        }
    }

    private mutating func begin(_ call: WebCall) async throws -> any WebExchange {
        requestCount += 1
        client.count { $0.requests += 1 }
        do {
            let exchange = try await client.transport.begin(call)
            client.count { $0.responses += 1 }
            return exchange
        } catch {
            client.count { $0.failures += 1 }
            throw error
        }
    }

    private func arrival(
        _ exchange: any WebExchange, call: WebCall, redirects: [WebRedirect]
    ) throws(WebFetchError) -> Arrival {
        let head = exchange.head
        guard head.status != 304 || Self.conditions.contains(where: { call.headers[$0] != nil }) else {
            throw WebFetchError(
                .protocolViolation, url: call.shownURL, phase: .head,
                detail: "the server says that nothing has changed, which was not asked", requestCount: requestCount)
        }
        let body = try WebBody(
            exchange, method: call.method, limits: limits, decoding: request.decoding, shownURL: call.shownURL,
            requestCount: requestCount)
        let response = WebResponse(
            head, requested: request.url, answered: call.url, redirects: redirects, body: body)
        return Arrival(exchange: exchange, response: response)
    }

    private static let conditions = ["if-none-match", "if-modified-since"]

    private func firstCall(_ extra: WebHeaders) -> WebCall {
        var headers = request.headers
        if headers["user-agent"] == nil { headers.add("User-Agent", client.configuration.userAgent) }
        switch request.decoding {
        case .automatic: headers["Accept-Encoding"] = BodyDecoder.accepted
        case .identity: headers["Accept-Encoding"] = "identity"
        case .raw(let accept): headers["Accept-Encoding"] = accept
        }
        if let tag = request.known.entityTag { headers["If-None-Match"] = tag }
        if let time = request.known.lastModified { headers["If-Modified-Since"] = time }
        for field in extra.fields { headers[field.name] = field.value }
        return WebCall(
            url: request.url, shownURL: request.shown(request.url), isPathSecret: request.isPathSecret,
            method: request.method, headers: headers, secretHeaders: request.secretHeaders, upload: request.upload,
            limits: limits, deadline: deadline, socketPath: request.socketPath, isIdempotent: decision.isIdempotent)
    }

    private func redirect(_ call: inout WebCall, by step: RedirectStep) {
        call.url = step.keepsSecrets ? step.target.withUser(of: call.url) : step.target
        call.shownURL = request.shown(step.target)
        call.method = step.method
        if !step.keepsBody {
            call.upload = nil
            for name in ["content-type", "content-encoding", "content-language"] { call.headers[name] = nil }
        }
        if !step.keepsSecrets {
            call.secretHeaders = [:]
            for name in RedirectStep.credentialHeaders { call.headers[name] = nil }
            call.headers["host"] = nil
            // A socket leads to one server, whatever the address says.
            call.socketPath = nil
        }
    }
}
