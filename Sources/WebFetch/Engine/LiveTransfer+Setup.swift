// Safety: libcurl copies every text, and the list of headers and the error buffer live as long as the live transfer,
// which outlives the use of its handle.
internal import ByteText
internal import CCurl

extension LiveTransfer {
    /// Puts the request into its handle.
    ///
    /// - Throws: ``WebFetchError`` with code `internalFailure` if libcurl refuses a part of it.
    func prepare() throws(WebFetchError) {
        let call = transfer.call
        var callbacks = Self.callbacks
        try check(unsafe sennit_easy_set_callbacks(easy, &callbacks, Unmanaged.passUnretained(self).toOpaque()))
        try check(unsafe sennit_easy_set_error_buffer(easy, errorBuffer))
        try set(CURLOPT_URL, call.url.text)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_FOLLOWLOCATION, 0)
        // The time limits are the engine's, which pass first; libcurl shares this one among the addresses of a host.
        try set(CURLOPT_CONNECTTIMEOUT_MS, max(0, min(Self.milliseconds(call.limits.connect), 1 << 30)) + 500)
        try set(CURLOPT_HTTP_VERSION, Int(engine.settings.usesHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
        // Otherwise the end of a transfer would wait for a slow name server. Older libraries do not know it.
        _ = unsafe sennit_easy_set_long(easy, CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_TCP_NODELAY, 1)
        try prepareTrust()
        try prepareProxy()
        if let path = call.socketPath { try set(CURLOPT_UNIX_SOCKET_PATH, path) }
        if let (name, password) = call.url.credentials {
            try set(CURLOPT_HTTPAUTH, Self.basicAuthentication)
            try set(CURLOPT_USERNAME, name)
            try set(CURLOPT_PASSWORD, password)
        }
        try prepareMethod()
        try prepareHeaders()
    }

    private func prepareTrust() throws(WebFetchError) {
        guard let file = engine.trustFile else { return }
        // Without a folder of certificates libcurl reads the file once and keeps it.
        try check(unsafe sennit_easy_set_text(easy, CURLOPT_CAPATH, nil))
        try set(CURLOPT_CAINFO, file)
    }

    private func prepareProxy() throws(WebFetchError) {
        // The environment is read elsewhere, and only if the caller wants it.
        try set(CURLOPT_NOPROXY, "")
        guard let proxy = transfer.proxy else { return try set(CURLOPT_PROXY, "") }
        try set(CURLOPT_PROXY, proxy.origin.description)
        try set(CURLOPT_PROXYPORT, Int(proxy.port))
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if let (name, password) = proxy.credentials {
            try set(CURLOPT_PROXYUSERNAME, name)
            try set(CURLOPT_PROXYPASSWORD, password)
        }
    }

    private func prepareMethod() throws(WebFetchError) {
        let call = transfer.call
        if transfer.upload == nil {
            if call.method == .head {
                try set(CURLOPT_NOBODY, 1)
            } else {
                try set(CURLOPT_HTTPGET, 1)
                if call.method != .get { try set(CURLOPT_CUSTOMREQUEST, call.method.description) }
            }
            return
        }
        try set(CURLOPT_UPLOAD, 1)
        try set(CURLOPT_CUSTOMREQUEST, call.method.description)
        try check(
            unsafe sennit_easy_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(transfer.upload?.length ?? -1)))
    }

    private func prepareHeaders() throws(WebFetchError) {
        let call = transfer.call
        var lines = (call.headers.fields + call.secretHeaders.fields).map { field in
            // libcurl leaves out a header that ends with a colon, and sends one that ends with a semicolon.
            field.value.bytes.trimmed.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
        }
        // libcurl would wait a second for a server that does not answer to it.
        if transfer.upload != nil { lines.append("Expect:") }
        if call.method == .post || call.method == .put, transfer.upload == nil { lines.append("Content-Length: 0") }
        for line in lines {
            guard let list = unsafe sennit_list_append(headerList, line) else {
                throw error(.internalFailure, "there is no memory for the request's headers", .preparing)
            }
            unsafe headerList = list
        }
        try check(unsafe sennit_easy_set_list(easy, CURLOPT_HTTPHEADER, headerList))
    }

    /// `CURLAUTH_BASIC`, a macro that Swift does not see.
    private static let basicAuthentication = 1

    private func set(_ option: CURLoption, _ value: Int) throws(WebFetchError) {
        try check(unsafe sennit_easy_set_long(easy, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(WebFetchError) {
        try check(unsafe sennit_easy_set_text(easy, option, value))
    }

    private func check(_ code: CURLcode) throws(WebFetchError) {
        guard code != CURLE_OK else { return }
        var refusal = error(.internalFailure, "libcurl refuses an option of the request", .preparing)
        refusal.cause = unsafe WebFetchError.Cause(
            code: Int(code.rawValue), text: String(cString: sennit_curl_reason(code)))
        throw refusal
    }

    private static func milliseconds(_ duration: Duration) -> Int {
        let parts = duration.components
        return Int(clamping: parts.seconds.multipliedReportingOverflow(by: 1000).partialValue)
            + Int(parts.attoseconds / 1_000_000_000_000_000)
    }

    private static func live(_ context: UnsafeMutableRawPointer) -> LiveTransfer {
        unsafe Unmanaged<LiveTransfer>.fromOpaque(context).takeUnretainedValue()
    }

    private static var callbacks: sennit_easy_callbacks {
        unsafe sennit_easy_callbacks(
            write: { bytes, size, count, context in
                guard let context = unsafe context else { return 0 }
                let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
                return unsafe LiveTransfer.live(context).body(buffer.bindMemory(to: UInt8.self))
            },
            header: { bytes, size, count, context in
                guard let context = unsafe context else { return 0 }
                let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
                let isTaken = unsafe LiveTransfer.live(context).header(buffer.bindMemory(to: UInt8.self))
                return isTaken ? size * count : 0
            },
            read: { bytes, size, count, context in
                guard let context = unsafe context else { return Int(CURL_READFUNC_ABORT) }
                let buffer = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
                return unsafe LiveTransfer.live(context).upload(into: buffer)
            },
            open_socket: { context, _, address in
                guard let context = unsafe context, let address = unsafe address else { return CURL_SOCKET_BAD }
                return unsafe LiveTransfer.live(context).openSocket(address)
            },
            before_request: { context, _, _, _, _ in
                guard let context = unsafe context else { return Int32(CURL_PREREQFUNC_ABORT) }
                let goesOn = unsafe LiveTransfer.live(context).beforeRequest()
                return Int32(goesOn ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT)
            })
    }
}
