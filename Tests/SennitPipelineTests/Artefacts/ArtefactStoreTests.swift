import Foundation
import Glibc
import Sennit
import SennitPipeline
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ArtefactStoreTests {
    private let bench = Bench()
    private var store: ArtefactStore { bench.layout.artefacts }

    @Test func `the hash is SHA-256`() throws {
        defer { bench.remove() }
        let path = try bench.write("abc", to: "abc")
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(try ContentHasher.hash(file: path).hash.hexadecimal == known)
        #expect(ContentHasher.hash("abc".utf8).hexadecimal == known)
        // More than one block, and the last one not full.
        let long = String(repeating: "0123456789", count: 60_001)
        let found = try ContentHasher.hash(file: try bench.write(long, to: "long"))
        #expect(found.bytes == 600_010)
        #expect(found.hash == ContentHasher.hash(long.utf8))
    }

    @Test func `a published file is there under its hash, and gone from where it was`() throws {
        defer { bench.remove() }
        let path = try bench.write("abc", to: "abc")
        let artefact = try store.publish(path, as: "letters")
        #expect(artefact.bytes == 3)
        #expect(try bench.text(of: artefact) == "abc")
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(store.isIntact(artefact))
        #expect(store.contents().map(\.hash) == [artefact.hash])
    }

    @Test func `damage is seen, and mended by publishing again`() throws {
        defer { bench.remove() }
        let artefact = try store.publish(try bench.write("abc", to: "abc"), as: "letters")
        try "abd".write(toFile: store.path(of: artefact.hash), atomically: true, encoding: .utf8)
        #expect(store.holds(artefact))
        #expect(!store.isIntact(artefact))
        _ = try store.publish(try bench.write("abc", to: "abc"), as: "letters")
        #expect(store.isIntact(artefact))
        store.discard(artefact)
        #expect(!store.holds(artefact))
    }

    /// What makes an output whose bytes something outside could change.
    enum Leak: CaseIterable { case symbolicLink, hardLink, openFile }

    @Test(arguments: Leak.allCases)
    func `what happens outside later changes no artefact`(leak: Leak) throws {
        defer { bench.remove() }
        let outside = try bench.write("abc", to: "outside")
        let output = "\(bench.directory)/output"
        var writer: Int32 = -1
        switch leak {
        case .symbolicLink: try FileSystem.link(output, to: outside)
        case .hardLink: try #require(unsafe link(outside, output) == 0)
        case .openFile:
            try "abc".write(toFile: output, atomically: false, encoding: .utf8)
            writer = unsafe open(output, O_WRONLY)
        }
        let artefact = try store.publish(output, as: "letters")
        #expect(FileSystem.statusOfLink(output) == nil)
        let handle = writer >= 0 ? writer : unsafe open(outside, O_WRONLY)
        #expect(unsafe write(handle, "xyz", 3) == 3)
        close(handle)
        #expect(store.isIntact(artefact))
        #expect(try bench.text(of: artefact) == "abc")
        let stored = try #require(FileSystem.statusOfLink(store.path(of: artefact.hash)))
        #expect(!stored.isLink && stored.links == 1 && stored.permissions == 0o444)
        #expect(try FileSystem.names(in: bench.directory).filter { $0.hasSuffix(".copy") } == [])
    }

    @Test func `what is no plain file is refused, and nobody waits for it`() throws {
        defer { bench.remove() }
        let path = "\(bench.directory)/odd"
        func refused() -> Int32? { #expect(throws: SystemError.self) { try store.publish(path, as: "odd") }?.code }
        try FileSystem.makeDirectory(path)
        try FileSystem.link("\(path)/link", to: "/etc/passwd")
        #expect(refused() == EINVAL)
        try FileSystem.remove(path)
        try #require(unsafe mkfifo(path, 0o644) == 0)
        #expect(refused() == EINVAL)
        try FileSystem.remove(path)
        try FileSystem.link(path, to: "/dev/zero")
        #expect(refused() == EINVAL)
        try FileSystem.remove(path)
        try FileSystem.link(path, to: "/nowhere/at/all")
        #expect(refused() == ENOENT)
        #expect(store.contents().isEmpty)
    }

    @Test func `a link in the place of an artefact is none`() throws {
        defer { bench.remove() }
        let artefact = try store.publish(try bench.write("abc", to: "abc"), as: "letters")
        let place = store.path(of: artefact.hash)
        try FileSystem.remove(place)
        try FileSystem.link(place, to: try bench.write("abc", to: "outside"))
        #expect(!store.holds(artefact) && !store.isIntact(artefact))
    }

    @Test func `a sparse file stays sparse, and a program can be run`() throws {
        defer { bench.remove() }
        let outside = "\(bench.directory)/outside"
        let file = unsafe open(outside, O_WRONLY | O_CREAT, 0o755)
        try #require(unsafe pwrite(file, "x", 1, 64 << 20) == 1)
        try #require(unsafe pwrite(file, "y", 1, 0) == 1)
        close(file)
        try FileSystem.link("\(bench.directory)/output", to: outside)
        let artefact = try store.publish("\(bench.directory)/output", as: "holes")
        #expect(artefact.bytes == (64 << 20) + 1)
        #expect(try ContentHasher.hash(file: outside).hash == artefact.hash)
        var info = stat()
        try #require(unsafe stat(store.path(of: artefact.hash), &info) == 0)
        #expect(Int64(info.st_blocks) * 512 < 4 << 20)
        #expect(info.st_mode & 0o777 == 0o555)
    }

    @Test func `a disk that is full while a file is copied leaves nothing behind`() async throws {
        defer { bench.remove() }
        let path = try bench.write(String(repeating: "x", count: 1 << 20), to: "large")
        // Another file system, so that publishing has to copy.
        let other = "/dev/shm/sennit-store-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: other) }
        try #require(FileManager.default.fileExists(atPath: "/dev/shm"))
        await #expect(processExitsWith: .success) { [path = path as String, other = other as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 1 << 16, rlim_max: 1 << 16)
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let error = #expect(throws: SystemError.self) {
                try ArtefactStore(directory: other).publish(path, as: "large")
            }
            #expect(error?.code == EFBIG)
            #expect(ArtefactStore(directory: other).contents().isEmpty)
        }
        let left = FileManager.default.enumerator(atPath: other)?.allObjects.compactMap { $0 as? String } ?? []
        #expect(left.allSatisfy { $0.count == 2 }, "\(left)")
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func `of two processes only one has a run, until it lets it go`() throws {
        defer { bench.remove() }
        try bench.layout.prepare()
        let run = try #require(RunID("20250421-143012-7f3a9c"))
        do {
            let lock = try bench.layout.lock(run)
            let error = #expect(throws: PipelineError.self) { try bench.layout.lock(run) }
            #expect(error?.code == .runIsActive)
            withExtendedLifetime(lock) {}
        }
        _ = try bench.layout.lock(run)
    }

    @Test func `what a dead run has left is swept away, what a living one has is not`() throws {
        defer { bench.remove() }
        try bench.layout.prepare()
        let dead = try #require(RunID("dead"))
        let alive = try #require(RunID("alive"))
        for run in [dead, alive] { try FileSystem.makeDirectory("\(bench.layout.work(of: run))/step/scratch") }
        let lock = try bench.layout.lock(alive)
        bench.layout.sweep()
        #expect(try FileSystem.names(in: bench.layout.work) == ["alive"])
        withExtendedLifetime(lock) {}
    }

    @Test func `a store that cannot be made says where`() throws {
        defer { bench.remove() }
        let file = try bench.write("", to: "file")
        let error = #expect(throws: PipelineError.self) { try StoreLayout(root: "\(file)/store").prepare() }
        #expect(error?.code == .storeUnavailable)
        #expect(error?.message.contains("\(file)/store") == true)
    }
}
