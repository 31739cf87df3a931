import ByteText
import Sennit

/// What this process holds that it could forget to give back.
package struct ResourceCount: Sendable, Hashable {
    /// Open descriptors.
    package var descriptors = 0
    /// Mappings of memory files, and files under /dev/shm of a name that Sennit would give.
    package var sharedMemory = 0
    /// Children that have ended and were not reaped.
    package var zombies = 0

    /// Counts now.
    package static func current() -> ResourceCount {
        let maps = TextFile.contents(of: "/proc/self/maps") ?? ""
        let children = ProcessTree.all().filter { $0.parent == ProcessIdentity.current }
        return ResourceCount(
            // One of them is the listing's own.
            descriptors: Directory.names(in: "/proc/self/fd").count - 1,
            sharedMemory: sharedMappings(in: maps) + Directory.names(in: "/dev/shm").count { $0.bytes.holds("sennit") },
            zombies: children.count { $0.isZombie })
    }

    /// Counts until nothing is above `baseline`, for at most the given time: threads that end take a moment.
    package static func settled(to baseline: ResourceCount, within limit: Duration) async throws -> ResourceCount {
        let deadline = ContinuousClock.now + limit
        while true {
            let leaked = current().excess(over: baseline)
            if leaked == ResourceCount() || ContinuousClock.now >= deadline { return leaked }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// What there is more than before; never less than nothing.
    package func excess(over before: ResourceCount) -> ResourceCount {
        ResourceCount(
            descriptors: max(0, descriptors - before.descriptors),
            sharedMemory: max(0, sharedMemory - before.sharedMemory), zombies: max(0, zombies - before.zombies))
    }

    /// Lines of /proc/<pid>/maps that are shared memory.
    package static func sharedMappings(in maps: String) -> Int {
        maps.bytes.lines.count { $0.holds("/memfd:") || $0.holds("/dev/shm/") }
    }

    /// A count; nothing by default.
    package init(descriptors: Int = 0, sharedMemory: Int = 0, zombies: Int = 0) {
        self.descriptors = descriptors
        self.sharedMemory = sharedMemory
        self.zombies = zombies
    }
}
