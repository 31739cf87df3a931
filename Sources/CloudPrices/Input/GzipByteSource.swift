/// What gzip data holds, decompressed block by block.
///
/// The data's own checksums are compared. Members that follow each other are one stream, as RFC 1952 says.
public final class GzipByteSource: ByteSource {
    /// The name of the compressed source.
    public let name: String
    private let compressed: any ByteSource
    private let inflater: GzipInflater

    /// Makes a source that decompresses another.
    ///
    /// - Throws: `PriceProblem` with code `inputFailed` if there is no memory for it.
    public init(_ compressed: any ByteSource) throws(PriceProblem) {
        self.compressed = compressed
        name = compressed.name
        do throws(GzipInflater.Fault) {
            inflater = try GzipInflater()
        } catch {
            throw PriceProblem(.inputFailed, error.detail, source: compressed.name)
        }
    }

    /// Decompresses the next block.
    public func read(into buffer: inout MutableSpan<UInt8>) throws(PriceProblem) -> Int {
        while true {
            if let count = try expand(into: &buffer) { return count }
            guard try readInput() else { return 0 }
        }
    }

    private func expand(into buffer: inout MutableSpan<UInt8>) throws(PriceProblem) -> Int? {
        do throws(GzipInflater.Fault) {
            return try inflater.next(into: &buffer)
        } catch {
            throw problem(error)
        }
    }

    /// Reads more; `false` at the end, which must be that of a member.
    private func readInput() throws(PriceProblem) -> Bool {
        var block = [UInt8](repeating: 0, count: 65_536)
        var span = block.mutableSpan
        let count = try compressed.read(into: &span)
        if count > 0 {
            block.removeSubrange(count...)
            inflater.push(block)
            return true
        }
        do throws(GzipInflater.Fault) {
            try inflater.finish()
        } catch {
            throw problem(error)
        }
        return false
    }

    private func problem(_ fault: GzipInflater.Fault) -> PriceProblem {
        PriceProblem(
            fault.isTruncated ? .truncated : .inputFailed, fault.detail, source: name, offset: inflater.bytesUsed,
            advice: "Fetch it again.")
    }
}
