/// The memory that the control groups of a process leave it, read from the files in which the system tells it.
///
/// A group's limit holds for all of its processes, and for the groups within it. Whoever takes more than is left is
/// killed, not refused.
package struct ControlGroupMemory: Sendable, Equatable {
    /// The group's directory.
    package var directory: String
    /// Its limit in bytes.
    package var limit: UInt64
    /// How many bytes it leaves: what is not in use, what files' caches can give back, and room to swap.
    package var room: UInt64

    /// Describes a group.
    package init(directory: String, limit: UInt64, room: UInt64) {
        self.directory = directory
        self.limit = limit
        self.room = room
    }

    /// The tightest of the groups that a process is in, from its own up to the topmost that can be seen.
    ///
    /// - Parameters:
    ///   - groups: The contents of /proc/self/cgroup.
    ///   - mounts: The contents of /proc/self/mountinfo.
    ///   - swap: Bytes of the machine's swap space that are free.
    ///   - file: The contents of a file, nil if it cannot be read.
    /// - Returns: The group with the least room; nil if none has a limit.
    package static func tightest(
        groups: [UInt8], mounts: [UInt8], swap: UInt64, file: (String) -> [UInt8]?
    ) -> ControlGroupMemory? {
        guard let place = ControlGroupPlace(groups: groups, mounts: mounts) else { return nil }
        return place.directories.compactMap { directory in
            func number(_ name: String) -> UInt64? { file("\(directory)/\(name)").flatMap(Self.number) }
            switch place.version {
            case .one: return readFirst(directory, swap: swap, file, number)
            case .two: return readSecond(directory, swap: swap, file, number)
            }
        }.min { $0.room < $1.room }
    }

    private static func readFirst(
        _ directory: String, swap: UInt64, _ file: (String) -> [UInt8]?, _ number: (String) -> UInt64?
    ) -> ControlGroupMemory? {
        guard let limit = number("memory.limit_in_bytes"), limit < unlimited else { return nil }
        let cached = cached(file("\(directory)/memory.stat"), prefix: "total_")
        var room = left(of: limit, using: number("memory.usage_in_bytes") ?? 0, cached).addingClamped(swap)
        // Memory and swap space together have a limit of their own.
        if let both = number("memory.memsw.limit_in_bytes") {
            room = min(room, left(of: both, using: number("memory.memsw.usage_in_bytes") ?? 0, cached))
        }
        return ControlGroupMemory(directory: directory, limit: limit, room: room)
    }

    private static func readSecond(
        _ directory: String, swap: UInt64, _ file: (String) -> [UInt8]?, _ number: (String) -> UInt64?
    ) -> ControlGroupMemory? {
        // "max", which is no number, stands for no limit.
        guard let limit = number("memory.max") else { return nil }
        let cached = cached(file("\(directory)/memory.stat"), prefix: "")
        let room = left(of: limit, using: number("memory.current") ?? 0, cached)
        let mayBeSwapped = left(
            of: number("memory.swap.max") ?? .max, using: number("memory.swap.current") ?? 0, 0)
        return ControlGroupMemory(
            directory: directory, limit: limit, room: room.addingClamped(min(swap, mayBeSwapped)))
    }

    /// What version 1 says where there is no limit is a page less than this.
    private static let unlimited: UInt64 = 1 << 62

    private static func left(of limit: UInt64, using used: UInt64, _ cached: UInt64) -> UInt64 {
        let held = used > cached ? used - cached : 0
        return limit > held ? limit - held : 0
    }

    /// Bytes of files that are in memory only to be read faster.
    private static func cached(_ statistics: [UInt8]?, prefix: String) -> UInt64 {
        let names = ["inactive_file", "active_file"].map { Array("\(prefix)\($0) ".utf8) }
        return (statistics ?? []).split(separator: UInt8(ascii: "\n")).reduce(0) { sum, line in
            guard let name = names.first(where: { line.starts(with: $0) }) else { return sum }
            return sum.addingClamped(number(Array(line.dropFirst(name.count))) ?? 0)
        }
    }

    /// The number that a file consists of, but for the end of its line.
    private static func number(_ bytes: [UInt8]) -> UInt64? {
        UInt64(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}

extension UInt64 {
    fileprivate func addingClamped(_ other: UInt64) -> UInt64 {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? .max : sum
    }
}

/// Where the files lie that tell about the memory of a process's control groups.
struct ControlGroupPlace {
    /// The interface's version.
    ///
    /// A machine may have both; memory belongs to one of them.
    enum Version { case one, two }

    let version: Version
    /// The group's own directory first, then those of the groups that it lies in.
    let directories: [String]

    /// Finds them in the contents of /proc/self/cgroup and /proc/self/mountinfo; nil if nothing is mounted.
    init?(groups: [UInt8], mounts: [UInt8]) {
        let newline = UInt8(ascii: "\n")
        let lines = groups.split(separator: newline).map {
            $0.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
        }
        .filter { $0.count == 3 }
        let mounts = mounts.split(separator: newline).compactMap { Mount(line: $0) }
        let memory = Array("memory".utf8)
        if let line = lines.first(where: {
            $0[1].split(separator: UInt8(ascii: ",")).contains { $0.elementsEqual(memory) }
        }) {
            version = .one
            guard let mount = mounts.first(where: { $0.type == "cgroup" && $0.options.contains(memory) }) else {
                return nil
            }
            directories = mount.directories(of: Array(line[2]))
        } else if let line = lines.first(where: { $0[0].elementsEqual("0".utf8) && $0[1].isEmpty }) {
            version = .two
            guard let mount = mounts.first(where: { $0.type == "cgroup2" }) else { return nil }
            directories = mount.directories(of: Array(line[2]))
        } else {
            return nil
        }
    }

    /// A line of /proc/self/mountinfo.
    private struct Mount {
        /// The part of the file system that is mounted.
        let root: [UInt8]
        let point: [UInt8]
        let type: String
        let options: [[UInt8]]

        init?(line: ArraySlice<UInt8>) {
            let fields = line.split(separator: UInt8(ascii: " "))
            guard let dash = fields.firstIndex(where: { $0.elementsEqual("-".utf8) }), dash >= 5,
                fields.count > dash + 3
            else { return nil }
            root = Self.unescaped(fields[3])
            point = Self.unescaped(fields[4])
            type = String(decoding: fields[dash + 1], as: UTF8.self)
            options = fields[dash + 3].split(separator: UInt8(ascii: ",")).map { Array($0) }
        }

        /// A blank in a path is written as its number in octal digits, behind a backslash.
        private static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
            var (result, rest) = ([UInt8](), field)
            while let byte = rest.popFirst() {
                let digits = rest.prefix(3)
                if byte == UInt8(ascii: "\\"), digits.count == 3,
                    let number = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
                {
                    result.append(number)
                    rest = rest.dropFirst(3)
                } else {
                    result.append(byte)
                }
            }
            return result
        }

        /// The directories of a group and of those it lies in, as far as they can be seen here.
        func directories(of group: [UInt8]) -> [String] {
            let slash = UInt8(ascii: "/")
            var names = group.split(separator: slash)
            let hidden = root.split(separator: slash)
            // A group outside of what is mounted, as seen from within a namespace: only the mount itself is to be seen.
            let isBelow = names.count >= hidden.count && zip(names, hidden).allSatisfy { $0.elementsEqual($1) }
            let parent = Array("..".utf8)
            if isBelow, !names.contains(where: { $0.elementsEqual(parent) }) {
                names.removeFirst(hidden.count)
            } else {
                names = []
            }
            let point = String(decoding: point, as: UTF8.self)
            return (0...names.count).reversed().map { count in
                names.prefix(count).reduce(point) { "\($0)/\(String(decoding: $1, as: UTF8.self))" }
            }
        }
    }
}
