import Sennit
import Testing

@Suite struct ControlGroupMemoryTests {
    /// A machine's files, by path.
    private struct Machine {
        var groups: String
        var mounts: String
        var files: [String: String] = [:]
        var swap: UInt64 = 0

        var tightest: ControlGroupMemory? {
            ControlGroupMemory.tightest(groups: Array(groups.utf8), mounts: Array(mounts.utf8), swap: swap) {
                files[$0].map { Array($0.utf8) }
            }
        }
    }

    private static let second = "36 25 0:32 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
    private static let first = """
        31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
        35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory

        """

    @Test func `version 2 with a limit on the group itself`() {
        let group = "/sys/fs/cgroup/app.slice/web"
        let machine = Machine(
            groups: "0::/app.slice/web\n", mounts: Self.second,
            files: [
                "\(group)/memory.max": "1000\n", "\(group)/memory.current": "700\n",
                "\(group)/memory.stat": "anon 300\ninactive_file 100\nactive_file 50\nshmem 9\n",
                "/sys/fs/cgroup/app.slice/memory.max": "max\n",
            ])
        #expect(machine.tightest == ControlGroupMemory(directory: group, limit: 1000, room: 450))
    }

    @Test func `an ancestor may be tighter`() {
        let machine = Machine(
            groups: "0::/a/b/c\n", mounts: Self.second,
            files: [
                "/sys/fs/cgroup/a/b/c/memory.max": "1000\n", "/sys/fs/cgroup/a/b/c/memory.current": "100\n",
                "/sys/fs/cgroup/a/b/memory.max": "max\n", "/sys/fs/cgroup/a/b/memory.current": "5000\n",
                "/sys/fs/cgroup/a/memory.max": "6000\n", "/sys/fs/cgroup/a/memory.current": "5500\n",
            ])
        #expect(machine.tightest == ControlGroupMemory(directory: "/sys/fs/cgroup/a", limit: 6000, room: 500))
    }

    @Test func `no limit anywhere`() {
        #expect(
            Machine(groups: "0::/a\n", mounts: Self.second, files: ["/sys/fs/cgroup/a/memory.max": "max\n"]).tightest
                == nil)
        let unlimited = ["/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "9223372036854771712\n"]
        #expect(Machine(groups: "4:memory:/a\n0::/\n", mounts: Self.first, files: unlimited).tightest == nil)
    }

    @Test func `swap space counts as far as the group may use it`() {
        var machine = Machine(
            groups: "0::/a\n", mounts: Self.second,
            files: [
                "/sys/fs/cgroup/a/memory.max": "1000\n", "/sys/fs/cgroup/a/memory.current": "1000\n",
                "/sys/fs/cgroup/a/memory.swap.max": "300\n", "/sys/fs/cgroup/a/memory.swap.current": "100\n",
            ])
        #expect(machine.tightest?.room == 0)
        machine.swap = 150
        #expect(machine.tightest?.room == 150)
        machine.swap = 5000
        #expect(machine.tightest?.room == 200)
        machine.files["/sys/fs/cgroup/a/memory.swap.max"] = "max\n"
        #expect(machine.tightest?.room == 5000)
    }

    @Test func `version 1, with swap space under a limit of its own`() {
        let group = "/sys/fs/cgroup/memory/docker/1f"
        var machine = Machine(
            groups: "9:name=systemd:/\n4:memory:/docker/1f\n1:cpu:/\n", mounts: Self.first,
            files: [
                "\(group)/memory.limit_in_bytes": "1000\n", "\(group)/memory.usage_in_bytes": "600\n",
                "\(group)/memory.stat": "inactive_file 7\ntotal_inactive_file 100\ntotal_active_file 50\n",
            ], swap: 70)
        #expect(machine.tightest == ControlGroupMemory(directory: group, limit: 1000, room: 620))
        machine.files["\(group)/memory.memsw.limit_in_bytes"] = "1000\n"
        machine.files["\(group)/memory.memsw.usage_in_bytes"] = "610\n"
        #expect(machine.tightest?.room == 540)
    }

    @Test func `on a machine with both versions the one counts that has the memory`() {
        let both = Self.first + "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
        let files = [
            "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "10\n", "/sys/fs/cgroup/unified/b/memory.max": "20\n",
        ]
        #expect(Machine(groups: "4:memory:/a\n0::/b\n", mounts: both, files: files).tightest?.limit == 10)
        #expect(Machine(groups: "4:freezer:/a\n0::/b\n", mounts: both, files: files).tightest?.limit == 20)
    }

    @Test func `a container sees its own group where the mount begins`() {
        let mounts = "36 25 0:32 /docker/1f /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
        let files = ["/sys/fs/cgroup/memory.max": "30\n", "/sys/fs/cgroup/in/memory.max": "20\n"]
        #expect(Machine(groups: "0::/docker/1f\n", mounts: mounts, files: files).tightest?.limit == 30)
        #expect(Machine(groups: "0::/docker/1f/in\n", mounts: mounts, files: files).tightest?.limit == 20)
        // In a namespace of its own, or outside of what is mounted.
        #expect(Machine(groups: "0::/\n", mounts: mounts, files: files).tightest?.limit == 30)
        #expect(Machine(groups: "0::/../../in\n", mounts: Self.second, files: files).tightest?.limit == 30)
        #expect(Machine(groups: "0::/docker/1fg\n", mounts: mounts, files: files).tightest?.limit == 30)
    }

    @Test func `blanks, colons and combining marks in paths`() {
        let mounts = "36 25 0:32 / /sys/fs/c\\040group rw - cgroup2 cgroup rw\n"
        for name in ["a b", "a:b", "a/\u{301}b", "\u{FE0F}", "x\u{200D}/y"] {
            let group = "/sys/fs/c group/\(name)"
            let machine = Machine(groups: "0::/\(name)\n", mounts: mounts, files: ["\(group)/memory.max": "5\n"])
            #expect(machine.tightest == ControlGroupMemory(directory: group, limit: 5, room: 5))
        }
    }

    @Test(arguments: 0..<400) func `whatever the files hold, the answer is a number or none`(seed: UInt64) {
        var generator = Seeded(state: seed)
        let pieces = [
            "0::/", "4:memory:", "/a", "/..", ":", "\n", " ", "-", " - cgroup2 c rw", " - cgroup c rw,memory",
            "36 25 0:32 / /m",
            "\\040", "\\", "max", "18446744073709551615", "memory", "\u{301}", "inactive_file ", "9223372036854771712",
        ]
        func text() -> String {
            (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }
            .joined()
        }
        let (groups, mounts) = (text() + "\n0::/a\n", text() + "\n" + Self.second)
        let answers = (0..<5).map { _ in text() }
        var asked = 0
        let found = ControlGroupMemory.tightest(
            groups: Array(groups.utf8), mounts: Array(mounts.utf8), swap: .max
        ) { _ in
            asked += 1
            return Array(answers[asked % answers.count].utf8)
        }
        if let found { #expect(found.directory.hasPrefix("/")) }
    }

    /// Numbers that are the same for the same seed.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }
}
