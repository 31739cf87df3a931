import CSennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A process that could not be started.
package struct SpawnError: Error, Hashable, CustomStringConvertible {
    /// Where it failed.
    package enum Step: String, Sendable, Hashable {
        case fork
        case processGroup = "process group"
        /// This process was ending while it started the child.
        case parentDeath = "parent death"
        case descriptors
        case limits
        case exec
        case pidfd
        /// The zygote refused or is gone.
        case zygote
        /// The child may not become the user it was to run as.
        case user

        init(code: Int32) {
            switch UInt32(bitPattern: code) {
            case sennit_step_group.rawValue: self = .processGroup
            case sennit_step_parent.rawValue: self = .parentDeath
            case sennit_step_descriptors.rawValue: self = .descriptors
            case sennit_step_limits.rawValue: self = .limits
            case sennit_step_exec.rawValue: self = .exec
            case sennit_step_pidfd.rawValue: self = .pidfd
            case sennit_step_zygote.rawValue: self = .zygote
            case sennit_step_user.rawValue: self = .user
            default: self = .fork
            }
        }
    }

    /// The errno.
    package var code: Int32
    /// Where it failed.
    package var step: Step
    /// The file that was to be executed.
    package var executable: String

    package init(code: Int32, step: Step, executable: String) {
        self.code = code
        self.step = step
        self.executable = executable
    }

    /// Whether the same start may succeed later without anybody changing anything.
    package var isTransient: Bool {
        [EAGAIN, EMFILE, ENFILE, ENOMEM, EINTR].contains(code)
    }

    package var description: String {
        let hint = hint.isEmpty ? SystemLimit.advice(on: code).map { "; \($0)" } ?? "" : hint
        return "cannot start \(executable): \(step.rawValue): \(SystemError.text(of: code))\(hint)"
    }

    private var hint: String {
        switch (step, code) {
        case (.fork, EAGAIN): "; the limit on processes is reached (ulimit -u, or the control group's pids.max)"
        case (.descriptors, ENOENT):
            "; the system refuses close_range, and /proc, which would do in its place, is missing"
        case (.exec, ENOENT) where executable.hasPrefix("/proc/"): "; /proc is not mounted"
        case (.exec, ENOENT): "; there is no such file, or its dynamic linker is missing"
        case (.user, EPERM): "; only root may start a process as another user"
        case (.exec, EACCES): "; the file may not be executed"
        default: ""
        }
    }
}
