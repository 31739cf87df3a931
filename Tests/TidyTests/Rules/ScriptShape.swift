import Testing

struct ScriptShape: FileRule {
    var promise: String { "A script can be executed, stops at the first failure and explains itself with --help." }

    /// Files with an ending are read by scripts, not run by people.
    func covers(_ file: RepositoryFile) -> Bool {
        (file.isUnder("scripts") || file.isUnder(".ci")) && !file.name.contains(".")
    }

    func offences(in file: RepositoryFile) -> [Offence] {
        var offences: [Offence] = []
        if !file.isExecutable { offences.append(file.offence(1, "not executable")) }
        let first = file.lines.first ?? ""
        if first != "#!/bin/sh" && first != "#!/usr/bin/env bash" {
            offences.append(file.offence(1, "starts with neither #!/bin/sh nor #!/usr/bin/env bash"))
        }
        if !file.lines.contains(where: { $0.hasPrefix("set -eu") }) {
            offences.append(file.offence(1, "no 'set -eu'"))
        }
        if !file.text.contains("--help") { offences.append(file.offence(1, "no --help")) }
        return offences
    }
}

struct ScriptShapeTests {
    private let text = "#!/bin/sh\n# Usage: a [--help]\nset -eu\n"

    @Test func `a good script`() {
        #expect(ScriptShape().lines(in: "scripts/a", text, isExecutable: true) == [])
        #expect(
            ScriptShape().lines(in: ".ci/run", text.replacing("/bin/sh", with: "/usr/bin/env bash"), isExecutable: true)
                == [])
    }

    @Test func `each fault counts`() {
        #expect(ScriptShape().lines(in: "scripts/a", text).count == 1)
        #expect(ScriptShape().lines(in: "scripts/a", "echo a").count == 4)
        #expect(ScriptShape().lines(in: "scripts/a.sh", "echo a") == [])
    }
}
