internal import Crypto
package import Sennit

/// Hashes bytes and files.
package enum ContentHasher {
    /// The hash of bytes in memory.
    package static func hash(_ bytes: some Sequence<UInt8>) -> ContentHash {
        ContentHash(bytes: SHA256.hash(data: Array(bytes)))
    }

    /// The hash and the size of a file, read in blocks.
    package static func hash(file path: String) throws(SystemError) -> (hash: ContentHash, bytes: Int64) {
        let file = try FileSystem.openToRead(path)
        return try hash(file, path: path)
    }

    static func hash(
        _ file: borrowing FileDescriptor, path: String
    ) throws(SystemError) -> (hash: ContentHash, bytes: Int64) {
        var hasher = SHA256()
        var total: Int64 = 0
        var block = [UInt8](repeating: 0, count: 256 * 1024)
        while true {
            let count = try FileSystem.readBlock(from: file, into: &block, path: path)
            guard count > 0 else { return (ContentHash(bytes: hasher.finalize()), total) }
            // Safety: the pointer is to the array's own storage and is not kept.
            unsafe block.withUnsafeBytes { bytes in
                unsafe hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            }
            total += Int64(count)
        }
    }
}
