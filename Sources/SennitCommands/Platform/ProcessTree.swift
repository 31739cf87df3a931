import ByteText
import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: a directory entry is read between the readdir that gave it and the next one.

/// One process as /proc shows it; its number alone could be another's a moment later.
package struct ProcessRecord: Hashable, Sendable {
    package let pid: Int32
    package let parent: Int32
    /// When it was started, in ticks since the machine was.
    package let startTicks: UInt64
    /// Whether it has ended and waits for its parent to ask how.
    package let isZombie: Bool

    package init(pid: Int32, parent: Int32, startTicks: UInt64, isZombie: Bool) {
        self.pid = pid
        self.parent = parent
        self.startTicks = startTicks
        self.isZombie = isZombie
    }

    /// Reads the content of /proc/<pid>/stat; the name in it may hold blanks and brackets.
    package init?(stat line: String) {
        guard let (start, rest) = line.bytes.cut(atLast: ")"), let pid = start.words.first.flatMap({ Int32($0.text) }),
            start.holds("(")
        else { return nil }
        let fields = rest.words
        // The state is the third field of the line and the first here; the parent is next; the start is the 22nd.
        guard fields.count > 19, let parent = Int32(fields[1].text), let start = UInt64(fields[19].text) else {
            return nil
        }
        self.init(pid: pid, parent: parent, startTicks: start, isZombie: fields[0] == "Z" || fields[0] == "X")
    }

    /// The process of this number, if there is one.
    package static func of(_ pid: Int32) -> ProcessRecord? {
        (try? ProcFile.contents(of: "/proc/\(pid)/stat")).flatMap(ProcessRecord.init(stat:))
    }

    /// Whether this very process still runs; a zombie does not.
    package var isAlive: Bool {
        guard let now = ProcessRecord.of(pid) else { return false }
        return now.startTicks == startTicks && !now.isZombie
    }

    /// Ends it, if it is still the same process.
    func kill() {
        if isAlive { ProcessSignal.kill(pid) }
    }
}

/// Which processes there are, and who started whom.
package enum ProcessTree {
    /// Every process of the machine that can be seen.
    package static func all() -> [ProcessRecord] {
        Directory.names(in: "/proc").compactMap { Int32($0) }.compactMap(ProcessRecord.of)
    }

    /// The children of a process, their children, and so on.
    package static func descendants(of pid: Int32, among all: [ProcessRecord]) -> [ProcessRecord] {
        let children = Dictionary(grouping: all, by: \.parent)
        var found: [ProcessRecord] = []
        var next = [pid]
        var seen: Set<Int32> = [pid]
        while let parent = next.popLast() {
            for child in children[parent] ?? [] where seen.insert(child.pid).inserted {
                found.append(child)
                next.append(child.pid)
            }
        }
        return found
    }
}

/// What a directory holds.
enum Directory {
    /// The names in it; none if it cannot be read.
    static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// A path from the root on, whatever it is from where this process is.
    static func absolute(_ path: String) -> String {
        guard !PathText.isAbsolute(path), let current = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(current) }
        return unsafe "\(String(cString: current))/\(path)"
    }
}
