import Glibc
import Sennit
import SennitCommands
import Testing

struct LineReaderTests {
    private let soon = MonotonicClock.now() + 10_000_000_000

    @Test func `lines, however they come, and then the end`() throws {
        let pipe = try PipeEnds()
        let input = FileDescriptor(adopting: pipe.writing)
        var reader = LineReader(FileDescriptor(adopting: pipe.reading))
        #expect(unsafe write(input.rawValue, "one\n\ntw", 7) == 7)
        #expect(reader.next(before: soon) == "one")
        #expect(reader.next(before: soon) == "")
        #expect(unsafe write(input.rawValue, "o\nrest", 6) == 6)
        #expect(reader.next(before: soon) == "two")
        _ = consume input
        #expect(reader.next(before: soon) == nil)
    }

    @Test func `the time is up`() throws {
        let pipe = try PipeEnds()
        let input = FileDescriptor(adopting: pipe.writing)
        var reader = LineReader(FileDescriptor(adopting: pipe.reading))
        #expect(reader.next(before: MonotonicClock.now() + 1_000_000) == nil)
        _ = consume input
    }
}
