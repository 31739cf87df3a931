import CCrypto
import Testing
import WebFetch

struct SHA256Tests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// FIPS 180-4's own examples.
    @Test(
        arguments: zip(
            ["", "abc", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"],
            [
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ]))
    func `digests are those of the standard`(text: String, digest: String) throws {
        #expect(SHA256.hexadecimal(try SHA256.digest(of: bytes(text))) == digest)
    }

    @Test func `pieces make the digest of the whole`() throws {
        let whole = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        var digest = try SHA256()
        for start in stride(from: 0, to: whole.count, by: 777) {
            digest.update(Array(whole[start..<min(start + 777, whole.count)]))
        }
        #expect(digest.finish() == (try SHA256.digest(of: whole)))
    }

    /// RFC 4231, test cases 1, 2 and 6.
    @Test func `codes are those of the standard`() throws {
        let cases: [(key: [UInt8], text: String, code: String)] = [
            (
                Array(repeating: 0x0B, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                bytes("Jefe"), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                Array(repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ]
        for (key, text, code) in cases {
            #expect(SHA256.hexadecimal(try SHA256.authenticationCode(of: bytes(text), key: key)) == code)
        }
    }

    @Test func `an empty key and empty bytes have a code`() throws {
        let code = SHA256.hexadecimal(try SHA256.authenticationCode(of: [], key: []))
        #expect(code == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test func `codes are compared as a whole`() {
        #expect(SHA256.areEqual([1, 2], [1, 2]))
        #expect(!SHA256.areEqual([1, 2], [1, 3]))
        #expect(!SHA256.areEqual([1, 2], [1, 2, 3]))
    }

    @Test func `a machine without libcrypto is told which package to install`() async {
        await #expect(processExitsWith: .success) {
            // Safety: the name is a literal.
            unsafe sennit_crypto_choose("libcrypto-that-is-absent.so.3")
            let error = #expect(throws: WebFetchError.self) { try SHA256.digest(of: []) }
            #expect(error?.code == .libraryMissing)
            expect(error?.detail.contains("libssl3"), is: true)
        }
    }
}
