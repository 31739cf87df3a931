import Foundation
import Sennit
import SennitPipeline
import Testing

@Suite struct FileSystemTests {
    private let bench = Bench()

    @Test func `directories are made and removed with all that is in them`() throws {
        defer { bench.remove() }
        let deep = "\(bench.directory)/a/b/c"
        try FileSystem.makeDirectory(deep)
        try FileSystem.makeDirectory(deep)
        try FileSystem.write([1, 2], to: "\(deep)/file")
        try FileSystem.link("\(deep)/link", to: bench.directory)
        try FileSystem.remove("\(bench.directory)/a")
        #expect(FileSystem.status("\(bench.directory)/a") == nil)
        // The link is gone, and not what it led to.
        #expect(FileSystem.status(bench.directory)?.isDirectory == true)
        try FileSystem.remove("\(bench.directory)/a")
    }

    @Test func `a file is written whole and replaces what was there`() throws {
        defer { bench.remove() }
        let path = "\(bench.directory)/file"
        try FileSystem.write([1, 2, 3], to: path)
        try FileSystem.write([4], to: path, isDurable: true)
        #expect(try FileSystem.read(path) == [4])
        #expect(try FileSystem.names(in: bench.directory) == ["file"])
        #expect(throws: SystemError.self) { try FileSystem.read(path, limit: 0) }
        #expect(throws: SystemError.self) { try FileSystem.write([1], to: "\(bench.directory)/no/file") }
        #expect(throws: SystemError.self) { try FileSystem.makeDirectory("\(path)/x") }
    }
}
