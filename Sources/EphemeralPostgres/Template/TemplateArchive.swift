package import Sennit

/// One file or directory of a prepared data directory.
package struct TemplateEntry: Hashable {
    /// Below the data directory, without a slash in front.
    package var path: String
    package var isDirectory: Bool
    /// How long the file is; what is not in `content` is zeros.
    package var size: Int
    /// Where its bytes are in the archive.
    package var content: Range<Int>
}

// Safety: every read is of a fixed width at a place that `take` has compared with the archive's length.
/// A prepared data directory in one file: a header, then every entry with its bytes.
///
/// ```text
/// magic 8 | digest of the rest 8 | entries 8 | { kind 1, path length 2, size 8, content length 8, path, content }…
/// ```
///
/// One file rather than a tree: half the system calls when it is laid out again, whole or not there at all, and its
/// digest tells damage.
package enum TemplateArchive {
    static let magic: UInt64 = 0x3130_5450_474E_4553
    private static let headerSize = 24

    /// Puts a directory into an archive, but for the files and directories whose paths are left out.
    package static func make(
        of directory: String, leavingOut isLeftOut: (String) -> Bool
    ) throws(SystemError) -> [UInt8] {
        var body = ByteWriter(capacity: 16 << 20)
        var count: UInt64 = 0
        try append(directory, below: "", isLeftOut, &body, &count)
        var counted = ByteWriter(capacity: body.count + 8)
        counted.append(fixed: count)
        unsafe body.withUnsafeBytes { unsafe counted.append($0) }
        var archive = ByteWriter(capacity: counted.count + 16)
        archive.append(fixed: magic)
        archive.append(fixed: unsafe counted.withUnsafeBytes { unsafe TemplateDigest.of($0.bytes) })
        unsafe counted.withUnsafeBytes { unsafe archive.append($0) }
        return archive.bytes
    }

    private static func append(
        _ root: String, below path: String, _ isLeftOut: (String) -> Bool, _ body: inout ByteWriter,
        _ count: inout UInt64
    ) throws(SystemError) {
        for name in FileSystem.names(in: path.isEmpty ? root : "\(root)/\(path)").sorted() {
            let inner = path.isEmpty ? name : "\(path)/\(name)"
            guard !isLeftOut(inner), let status = FileSystem.status("\(root)/\(inner)") else { continue }
            guard status.isDirectory || status.isRegular else { continue }
            var content = status.isDirectory ? [] : try FileSystem.contents(of: "\(root)/\(inner)")
            let size = content.count
            while content.last == 0 { content.removeLast() }
            body.append(UInt8(status.isDirectory ? 1 : 2))
            body.append(fixed: UInt16(inner.utf8.count))
            body.append(fixed: UInt64(size))
            body.append(fixed: UInt64(content.count))
            body.append(Array(inner.utf8))
            body.append(content)
            count += 1
            if status.isDirectory { try append(root, below: inner, isLeftOut, &body, &count) }
        }
    }

    /// What is in an archive; nil if it is none, or damaged.
    package static func entries(of bytes: RawSpan) -> [TemplateEntry]? {
        guard bytes.byteCount >= headerSize, load(UInt64.self, bytes, 0) == magic,
            load(UInt64.self, bytes, 8) == TemplateDigest.of(bytes.extracting(droppingFirst: 16))
        else { return nil }
        // Whole, as the digest says; the bounds are looked at all the same.
        let count = load(UInt64.self, bytes, 16)
        var entries: [TemplateEntry] = []
        var place = headerSize
        for _ in 0..<min(count, 1_000_000) {
            guard bytes.byteCount - place >= 19 else { return nil }
            let isDirectory = load(UInt8.self, bytes, place) == 1
            let pathLength = Int(load(UInt16.self, bytes, place + 1))
            let size = load(UInt64.self, bytes, place + 3)
            let length = load(UInt64.self, bytes, place + 11)
            place += 19
            guard size <= 1 << 40, length <= size, bytes.byteCount - place - pathLength >= Int(length) else {
                return nil
            }
            let path = unsafe bytes.extracting(place..<place + pathLength).withUnsafeBytes {
                unsafe String(decoding: $0, as: UTF8.self)
            }
            place += pathLength
            entries.append(
                TemplateEntry(
                    path: path, isDirectory: isDirectory, size: Int(size), content: place..<place + Int(length)))
            place += Int(length)
        }
        return place == bytes.byteCount && entries.count == count ? entries : nil
    }

    private static func load<Value: BitwiseCopyable>(_ type: Value.Type, _ bytes: RawSpan, _ offset: Int) -> Value {
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }
}
