// Safety: the decoder is freed once, by the one owner of this value, and the library reads and writes only within the
// buffers that are lent to it for one call.
internal import ByteText
internal import CCurl

/// Decodes a body, at most as much at a time as its reader takes.
@safe
struct BodyDecoder: ~Copyable {
    private let decoder: OpaquePointer
    private var input: [UInt8] = []
    private var position = 0
    private var state = State.empty

    private enum State { case empty, within, ended }

    /// How a body is encoded.
    enum Coding: Equatable { case gzip, deflate, brotli, zstd }

    /// The body is damaged or truncated, or cannot be decoded here.
    struct Fault: Error { var detail: String }

    /// The encodings that are asked for.
    static let accepted = "gzip, br, zstd"

    /// The encoding of a response; nil if its body stands for itself.
    static func coding(_ headers: WebHeaders) throws(Fault) -> Coding? {
        let names = headers.values(of: "content-encoding").flatMap { $0.bytes.parts(at: ",", limit: 16) }
            .map { $0.trimmed.string.lowercased() }.filter { !$0.isEmpty && $0 != "identity" }
        guard names.count <= 1 else { throw Fault(detail: "the body is encoded \(names.count) times over") }
        switch names.first {
        case nil: return nil
        case "gzip", "x-gzip": return .gzip
        case "deflate": return .deflate
        case "br": return .brotli
        case "zstd": return .zstd
        case let name?: throw Fault(detail: "the body's encoding '\(name.prefix(32))' is unknown")
        }
    }

    init(_ coding: Coding) throws(Fault) {
        let number =
            switch coding {
            case .gzip: sennit_coding_gzip
            case .deflate: sennit_coding_deflate
            case .brotli: sennit_coding_brotli
            case .zstd: sennit_coding_zstd
            }
        guard let decoder = unsafe sennit_decoder_make(number) else {
            throw Fault(detail: "the library that decodes \(coding) is missing or out of memory")
        }
        unsafe self.decoder = decoder
    }

    deinit { unsafe sennit_decoder_free(decoder) }

    /// Takes bytes from the wire; the last ones must have been decoded.
    mutating func take(_ bytes: [UInt8]) {
        precondition(position == input.count, "bytes are left that were not decoded")
        input = bytes
        position = 0
    }

    /// The next decoded bytes, at most so many; nil if more input is needed.
    mutating func next(atMost capacity: Int) throws(Fault) -> [UInt8]? {
        while true {
            guard position < input.count || state == .within else { return nil }
            var outcome = sennit_decoding_damaged
            var taken = 0
            let output = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                unsafe input.withUnsafeBufferPointer { bytes in
                    outcome = unsafe sennit_decoder_step(
                        decoder, bytes.baseAddress.map { unsafe $0 + position }, bytes.count - position, &taken,
                        buffer.baseAddress, buffer.count, &count)
                }
            }
            position += taken
            switch outcome {
            case sennit_decoding_needs_input: state = .within
            case sennit_decoding_output_full: state = .within
            case sennit_decoding_ended:
                state = .ended
                position = input.count
            default: throw Fault(detail: "the body is not encoded as its head says, or is damaged")
            }
            if !output.isEmpty { return output }
            if outcome == sennit_decoding_needs_input || outcome == sennit_decoding_ended { return nil }
        }
    }

    /// Checks that the body has ended within its encoding as well.
    func finish() throws(Fault) {
        guard state != .within else { throw Fault(detail: "the body is cut off within its encoding") }
    }
}
