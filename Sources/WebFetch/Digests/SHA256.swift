// Safety: the context is freed once, by the one owner of this value; libcrypto reads and writes only within the buffers
// that are lent to it for one call, and 32 bytes are what a digest has.
internal import CCrypto

/// The SHA-256 of bytes that come piece by piece, by libcrypto, which is loaded when it is first needed.
@safe
public struct SHA256: ~Copyable {
    private let context: OpaquePointer

    /// The number of bytes of a digest.
    public static let byteCount = 32

    /// Starts a digest.
    ///
    /// - Throws: ``WebFetchError`` with code `libraryMissing` if libcrypto is not on this machine.
    public init() throws(WebFetchError) {
        try Self.load()
        guard let context = unsafe sennit_sha256_make() else { throw Self.failure() }
        unsafe self.context = context
    }

    deinit { unsafe sennit_sha256_free(context) }

    /// Takes more bytes.
    public mutating func update(_ bytes: [UInt8]) {
        let taken = unsafe bytes.withUnsafeBytes { unsafe sennit_sha256_update(context, $0.baseAddress, $0.count) }
        precondition(taken == 1, "libcrypto refuses bytes of a digest")
    }

    /// The digest of every byte that was taken.
    public consuming func finish() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            let written = unsafe sennit_sha256_finish(context, buffer.baseAddress)
            precondition(written == 1, "libcrypto refuses to end a digest")
            count = Self.byteCount
        }
    }

    /// The digest of bytes that are all there.
    ///
    /// - Throws: ``WebFetchError`` with code `libraryMissing` if libcrypto is not on this machine.
    public static func digest(of bytes: [UInt8]) throws(WebFetchError) -> [UInt8] {
        var digest = try SHA256()
        digest.update(bytes)
        return digest.finish()
    }

    /// The code that proves that somebody with the key has made the bytes: HMAC with SHA-256.
    ///
    /// - Throws: ``WebFetchError`` with code `libraryMissing` if libcrypto is not on this machine.
    public static func authenticationCode(of bytes: [UInt8], key: [UInt8]) throws(WebFetchError) -> [UInt8] {
        try load()
        var code = [UInt8](repeating: 0, count: byteCount)
        let written = unsafe key.withUnsafeBytes { key in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe sennit_hmac_sha256(key.baseAddress, key.count, bytes.baseAddress, bytes.count, &code)
            }
        }
        guard written == 1 else { throw failure() }
        return code
    }

    /// Whether two codes are equal, in a time that does not tell where they differ.
    public static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(into: UInt8(0)) { difference, pair in difference |= pair.0 ^ pair.1 } == 0
    }

    /// Bytes as digits of base 16, in lower case.
    public static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func load() throws(WebFetchError) {
        guard let reason = unsafe sennit_crypto_load() else { return }
        let detail =
            unsafe "libcrypto cannot be loaded; install the package libssl3 (Debian): \(String(cString: reason))"
        throw WebFetchError(.libraryMissing, url: "", phase: .preparing, detail: detail)
    }

    private static func failure() -> WebFetchError {
        WebFetchError(.internalFailure, url: "", phase: .preparing, detail: "libcrypto failed to make a digest")
    }
}
