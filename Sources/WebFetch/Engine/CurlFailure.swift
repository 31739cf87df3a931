internal import ByteText
internal import CCurl

/// What libcurl's codes mean; pure.
enum CurlFailure {
    /// The kind of failure and a clause that says what happened.
    static func meaning(
        of code: CURLcode, phase: WebFetchError.Phase, text: String
    ) -> (code: WebFetchError.Code, detail: String) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: (.nameNotFound, "no address of the host can be found")
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: (.proxyFailed, "the proxy cannot be used")
        case CURLE_COULDNT_CONNECT: (.connectionFailed, "no connection to the host")
        case CURLE_OPERATION_TIMEDOUT: (.timedOut, "no connection within the time allowed")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            (.certificateRejected, "the server's certificate is not trusted")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_SHUTDOWN_FAILED,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
            (.secureConnectionFailed, "TLS could not be set up")
        case CURLE_GOT_NOTHING: (.connectionClosed, "the server closed the connection without a response")
        case CURLE_RECV_ERROR where isFraming(text): (.protocolViolation, "the body is not chunked as it should be")
        case CURLE_RECV_ERROR where phase == .secure: (.secureConnectionFailed, "TLS could not be set up")
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND:
            (.connectionClosed, "the connection broke")
        case CURLE_PARTIAL_FILE: (.connectionClosed, "the server closed the connection within the body")
        case CURLE_HTTP2, CURLE_HTTP2_STREAM: (.connectionClosed, "the server ended the HTTP/2 stream")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
            (.protocolViolation, "the response is not one of HTTP")
        case CURLE_WRITE_ERROR where phase == .head || phase == .waiting:
            (.protocolViolation, "the response's head is malformed")
        case CURLE_OUT_OF_MEMORY where phase == .head || phase == .waiting:
            (.headTooLarge, "the response's head has a line that is too long")
        case CURLE_URL_MALFORMAT: (.invalidURL, "the address cannot be used")
        default: (.internalFailure, "the fetch failed")
        }
    }

    /// Chunks have no code of their own; libcurl's words about them do not change.
    private static func isFraming(_ text: String) -> Bool { text.lowercased().bytes.holds("chunk") }
}
