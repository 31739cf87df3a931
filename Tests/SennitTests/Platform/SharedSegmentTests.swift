import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct SharedSegmentTests {
    private func copy(of segment: SharedSegment) throws -> FileDescriptor {
        FileDescriptor(adopting: dup(segment.descriptor ?? -1))
    }

    @Test func `two mappings see the same bytes`() throws {
        let mine = try SharedSegment(size: 10_000, name: "test", reserve: true)
        let theirs = try SharedSegment(adopting: copy(of: mine), size: 10_000)
        unsafe mine.base.storeBytes(of: 42, toByteOffset: 9992, as: UInt64.self)
        #expect(unsafe theirs.base.load(fromByteOffset: 9992, as: UInt64.self) == 42)
        #expect(theirs.descriptor == nil)
        #expect(mine.size == 10_000)
    }

    @Test func `a segment smaller than announced is refused`() throws {
        let segment = try SharedSegment(size: 4096, name: "test")
        let error = #expect(throws: SystemError.self) {
            _ = try SharedSegment(adopting: copy(of: segment), size: 4097)
        }
        #expect(error?.code == EINVAL)
    }

    @Test func `a segment that could shrink is refused`() throws {
        let segment = try SharedSegment(size: 4096, name: "test", seal: false)
        let error = #expect(throws: SystemError.self) {
            _ = try SharedSegment(adopting: copy(of: segment), size: 4096)
        }
        #expect(error?.code == EPERM)
    }

    @Test func `memory that is not to be had is an error`() throws {
        #expect(throws: SystemError.self) { _ = try SharedSegment(size: 0, name: "test") }
        #expect(throws: SystemError.self) { _ = try SharedSegment(size: 1 << 60, name: "test", reserve: true) }
    }

    @Test func `a sealed segment keeps its size`() throws {
        let segment = try SharedSegment(size: 4096, name: "test")
        #expect(ftruncate(segment.descriptor ?? -1, 0) == -1)
        #expect(errno == EPERM)
    }
}
