// Safety: a live transfer is touched by the engine's thread alone. The engine holds it while libcurl may call it, so
// the context that libcurl hands back is alive, and the buffers that it lends are used within the call only.
internal import CCurl

/// A transfer that libcurl carries: what is decided while it runs.
///
/// Lives on the engine's thread alone.
@safe
final class LiveTransfer {
    let transfer: Transfer
    let easy: UnsafeMutableRawPointer
    unowned let engine: CurlEngine
    private(set) var watch: TransferWatch
    private var parser: HeadParser
    /// Why this side ended the transfer; it takes precedence over what libcurl says of that.
    private(set) var failure: WebFetchError?
    private var refusedAddresses: [AddressPolicy.Endpoint] = []
    private var sockets: [Int32] = []
    private var requestCount = 0
    private var hasHead = false
    /// Set while the reader wants no more: how many bytes may still be dropped.
    private var bytesToDrop: Int?
    private var isSendPaused = false
    private var isReceivePaused = false
    var headerList: UnsafeMutablePointer<curl_slist>?
    let errorBuffer: UnsafeMutablePointer<CChar>

    init(_ transfer: Transfer, easy: UnsafeMutableRawPointer, engine: CurlEngine) {
        let limits = transfer.call.limits
        self.transfer = transfer
        unsafe self.easy = easy
        self.engine = engine
        watch = TransferWatch(limits, start: .now, wholeDeadline: transfer.call.deadline)
        parser = HeadParser(maximumByteCount: limits.maximumHeadByteCount, maximumCount: limits.maximumHeadLineCount)
        unsafe errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe errorBuffer.deallocate()
        if let headerList = unsafe headerList { unsafe sennit_list_free(headerList) }
    }

    // MARK: Calls of libcurl

    /// Asks the address policy before there is a socket.
    func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        var bytes = [UInt8](repeating: 0, count: 16)
        var port: UInt16 = 0
        let family = unsafe sennit_socket_address(address, &bytes, &port)
        if transfer.proxy == nil, transfer.call.socketPath == nil {
            // A family that is neither is none that a policy could allow.
            guard let ip = IPAddress(bytes: family == 4 ? Array(bytes.prefix(4)) : family == 6 ? bytes : []) else {
                return CURL_SOCKET_BAD
            }
            let endpoint = AddressPolicy.Endpoint(address: ip, port: port)
            guard engine.settings.addresses.allows(endpoint) else {
                refusedAddresses.append(endpoint)
                return CURL_SOCKET_BAD
            }
        }
        let descriptor = unsafe sennit_socket_open(address)
        sockets.append(descriptor)
        return descriptor
    }

    /// The connection stands, and the request goes out next.
    func beforeRequest() -> Bool {
        requestCount += 1
        // libcurl sends a request again by itself if a reused connection turns out to be dead. The server may have
        // acted on it before the connection died.
        guard requestCount == 1 || transfer.call.isIdempotent else {
            failure = error(.connectionClosed, "the connection broke, and the request may have been acted on", .sending)
            return false
        }
        watch.connected(at: .now)
        engine.noteDeadline(of: self)
        return true
    }

    func header(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        noteReceived(line.count)
        switch unsafe parser.take(line) {
        case .none: return true
        case .failure(let code, let detail):
            failure = error(code, detail, hasHead ? .body : .head)
            return false
        case .head(let head):
            hasHead = true
            transfer.received(head)
            engine.mustWake(self)
            return true
        }
    }

    /// Takes a piece of the body.
    ///
    /// - Returns: How many bytes were taken, or what pauses the transfer.
    func body(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard hasHead else {
            failure = error(.protocolViolation, "the response has a body before its head", .head)
            return 0
        }
        if let left = bytesToDrop {
            bytesToDrop = left - bytes.count
            return left >= bytes.count ? bytes.count : 0
        }
        guard unsafe transfer.received(bytes) else {
            isReceivePaused = true
            watch.paused()
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        noteReceived(bytes.count)
        engine.mustWake(self)
        return bytes.count
    }

    /// Gives the next piece of the request's body.
    func upload(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let upload = transfer.upload else { return 0 }
        switch unsafe upload.take(into: buffer) {
        case .bytes(let count):
            watch.sent(at: .now)
            return count
        case .end: return 0
        case .nothingYet:
            isSendPaused = true
            return Int(CURL_READFUNC_PAUSE)
        case .failure(let text):
            failure = error(.uploadFailed, "the request's body cannot be read: \(text)", .sending)
            return Int(CURL_READFUNC_ABORT)
        }
    }

    private func noteReceived(_ count: Int) {
        let isFirst = watch.stage != .reading
        watch.received(count, at: .now)
        if isFirst { engine.noteDeadline(of: self) }
    }

    // MARK: Commands of the engine

    /// Goes on in whatever direction has something to do again.
    func resume() {
        if isReceivePaused, !transfer.isPaused || bytesToDrop != nil {
            isReceivePaused = false
            watch.resumed(at: .now)
            engine.noteDeadline(of: self)
        }
        pauseAsNeeded()
    }

    func feed() {
        isSendPaused = false
        pauseAsNeeded()
    }

    private func pauseAsNeeded() {
        let directions = (isReceivePaused ? CURLPAUSE_RECV : 0) | (isSendPaused ? CURLPAUSE_SEND : 0)
        _ = unsafe sennit_easy_pause(easy, directions)
    }

    /// Drops what is left of the response, if it is little, so that the connection can be used again.
    func discard() {
        bytesToDrop = 64 << 10
        watch.hurry(until: .now + .seconds(2))
        engine.noteDeadline(of: self)
        resume()
    }

    /// The limit that has passed, put down as the failure.
    func failIfOverdue(at now: ContinuousClock.Instant) -> Bool {
        guard let limit = watch.passedLimit(at: now) else { return false }
        var late = error(.timedOut, Self.detail(of: limit, transfer.call.limits), phase)
        late.limit = limit
        failure = late
        return true
    }

    private static func detail(of limit: WebFetchError.Limit, _ limits: WebLimits) -> String {
        switch limit {
        case .connect: "no connection within \(limits.connect)"
        case .firstByte: "no response within \(limits.firstByte)"
        case .idle: "the server was silent for \(limits.idle)"
        case .whole: "the fetch took longer than its whole time"
        case .minimumRate: "the response came at fewer than \(limits.minimumBytesPerSecond) bytes a second"
        }
    }

    // MARK: The end

    /// What the transfer is doing.
    var phase: WebFetchError.Phase {
        if hasHead { return .body }
        if parser.hasStarted { return .head }
        if requestCount > 0 {
            guard let length = transfer.upload?.length else { return .waiting }
            return unsafe sennit_easy_get_offset(easy, CURLINFO_SIZE_UPLOAD_T) < length ? .sending : .waiting
        }
        guard !sockets.isEmpty || !refusedAddresses.isEmpty else { return .lookup }
        // libcurl tells when TCP's handshake ended only once that of TLS has ended, too.
        let isConnected = transfer.call.url.isSecure && sockets.contains { sennit_socket_is_connected($0) != 0 }
        return isConnected ? .secure : .connect
    }

    /// How the transfer ended, in libcurl's words and ours.
    func ending(_ code: CURLcode) -> Transfer.Ending {
        if let failure { return .failed(failure) }
        guard code != CURLE_OK else {
            return hasHead ? .complete : .failed(error(.connectionClosed, "the response has no head", phase))
        }
        let phase = self.phase
        if !refusedAddresses.isEmpty, sockets.isEmpty {
            let shown = refusedAddresses.prefix(4).map(\.description).joined(separator: ", ")
            return .failed(error(.addressRefused, "the address policy refuses \(shown)", .connect))
        }
        let said = unsafe String(cString: errorBuffer)
        let text = unsafe said.isEmpty ? String(cString: sennit_curl_reason(code)) : said
        var (kind, detail) = CurlFailure.meaning(of: code, phase: phase, text: text)
        if transfer.proxy != nil, requestCount == 0, !hasTunnel, kind != .timedOut {
            (kind, detail) = (.proxyFailed, "the proxy cannot be used")
        }
        let isHandshake = kind == .certificateRejected || kind == .secureConnectionFailed
        var failure = error(kind, detail, isHandshake && requestCount == 0 ? .secure : phase)
        if kind == .timedOut { failure.limit = .connect }
        // Words of libcurl may hold the address; those of a secret path are left out.
        let isShown = transfer.call.shownURL == transfer.call.url.text
        failure.cause = WebFetchError.Cause(
            code: Int(code.rawValue), text: isShown || kind != .internalFailure ? text : "")
        return .failed(failure)
    }

    /// Whether a proxy has made a connection to the host.
    private var hasTunnel: Bool { unsafe sennit_easy_get_long(easy, CURLINFO_HTTP_CONNECTCODE) == 200 }

    func error(_ code: WebFetchError.Code, _ detail: String, _ phase: WebFetchError.Phase) -> WebFetchError {
        WebFetchError(code, url: transfer.call.shownURL, phase: phase, detail: detail, isUnsent: requestCount == 0)
    }

    var report: WebReport {
        var report = WebReport()
        let micros = { (info: CURLINFO) in unsafe sennit_easy_get_offset(self.easy, info) }
        let (lookup, connect) = (micros(CURLINFO_NAMELOOKUP_TIME_T), micros(CURLINFO_CONNECT_TIME_T))
        let (secure, sent) = (micros(CURLINFO_APPCONNECT_TIME_T), micros(CURLINFO_PRETRANSFER_TIME_T))
        report.isReusedConnection = unsafe sennit_easy_get_long(easy, CURLINFO_NUM_CONNECTS) == 0 && requestCount > 0
        if !report.isReusedConnection {
            report.lookup = .microseconds(lookup)
            report.connect = .microseconds(max(connect - lookup, 0))
            report.secure = .microseconds(max(secure - connect, 0))
        }
        report.firstByte = .microseconds(max(micros(CURLINFO_STARTTRANSFER_TIME_T) - sent, 0))
        report.total = .microseconds(micros(CURLINFO_TOTAL_TIME_T))
        report.wireByteCount = Int64(micros(CURLINFO_SIZE_DOWNLOAD_T))
        report.sentByteCount = Int64(micros(CURLINFO_SIZE_UPLOAD_T))
        if let text = unsafe sennit_easy_get_text(easy, CURLINFO_PRIMARY_IP) {
            report.remoteAddress = unsafe String(cString: text)
        }
        return report
    }
}
