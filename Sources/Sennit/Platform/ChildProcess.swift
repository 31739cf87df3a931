import CSennit
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the calls that take a pointer write a descriptor's number to a local variable.
/// A process that this one has started and must reap.
///
/// Letting go of it neither ends nor reaps the process: whoever starts one calls `reap()` until it returns a status.
package final class ChildProcess: Sendable {
    /// The process's number, which is its process group's number too.
    package let pid: Int32
    /// Whether it leads a session, which ends with it.
    private let leadsSession: Bool
    /// Number -1 where the system has no pidfds, or refuses them.
    private let handle: FileDescriptor
    /// What stands for the pidfd there.
    private let end: Wakeup?
    private let status = Mutex<WorkerExitStatus?>(nil)

    /// A descriptor that becomes readable when the process ends.
    package var pidfd: Int32 { end?.descriptor ?? handle.rawValue }

    init(pid: Int32, pidfd: consuming FileDescriptor, leadsSession: Bool = false) {
        self.pid = pid
        self.leadsSession = leadsSession
        handle = pidfd
        end = nil
    }

    /// Watches a child without a pidfd: a thread waits for its end.
    init(withoutPidfd pid: Int32, leadsSession: Bool = false) throws(SystemError) {
        let end = try Wakeup()
        try SystemThread.start(name: "sennit-child", stackBytes: 64 * 1024) {
            sennit_await_end(pid)
            end.signal()
        }
        self.pid = pid
        self.leadsSession = leadsSession
        self.end = end
        handle = FileDescriptor(adopting: -1)
    }

    /// Takes charge of a child that this process has not started itself: one that it was born with.
    ///
    /// - Throws: The system's refusal, such as ESRCH if there is no such process.
    package convenience init(adopting pid: Int32, leadsSession: Bool = false) throws(SystemError) {
        var descriptor: Int32 = -1
        let code = unsafe sennit_pidfd_open(pid, &descriptor)
        if sennit_is_refusal(code) {
            try self.init(withoutPidfd: pid, leadsSession: leadsSession)
        } else {
            try SystemError.check(code, "pidfd_open")
            self.init(pid: pid, pidfd: FileDescriptor(adopting: descriptor), leadsSession: leadsSession)
        }
    }

    /// Sends a signal to the process alone; does nothing once it has ended.
    ///
    /// - Throws: The system's refusal, such as EPERM or EINVAL.
    package func signal(_ signal: Int32) throws(SystemError) {
        let code = sennit_signal_child(pid, handle.rawValue, signal)
        if code != ESRCH { try SystemError.check(code, "signal to process \(pid)") }
    }

    /// Ends the process and everything in its group, at once; does nothing once it is reaped.
    ///
    /// Of a worker it ends everything in its session, in whatever groups: what has called `setsid` alone lives on. To
    /// look for them costs about a microsecond for each process of the machine. Call it before `reap()`: what a dead
    /// worker has started lives on otherwise.
    package func killGroup() {
        status.withLock { status in
            // A number that is not reaped yet cannot belong to anybody else.
            guard status == nil else { return }
            _ = kill(-pid, SIGKILL)
            // It may not lead its group yet.
            _ = sennit_signal_child(pid, handle.rawValue, SIGKILL)
            if leadsSession { sennit_end_session(pid) }
        }
    }

    /// Collects the process's status if it has ended, without waiting; nil while it runs.
    ///
    /// Once there is a status, every later call returns the same.
    package func reap() -> WorkerExitStatus? {
        status.withLock { status in
            if let status { return status }
            let result = sennit_reap_child(pid, handle.rawValue)
            if result.error != 0 {
                status = .unknown
            } else if result.code == CLD_EXITED {
                status = .exited(result.status)
            } else if result.code != 0 {
                status = .signaled(result.status, coreDumped: result.code == CLD_DUMPED)
            }
            return status
        }
    }

    /// Waits for the process to end and collects its status; nil when the time is up.
    package func waitAndReap(timeoutNanoseconds: UInt64 = .max) throws(SystemError) -> WorkerExitStatus? {
        if let status = reap() { return status }
        let deadline = MonotonicClock.now().addingReportingOverflow(timeoutNanoseconds)
        while true {
            let now = MonotonicClock.now()
            let left = deadline.overflow ? .max : deadline.partialValue > now ? deadline.partialValue - now : 0
            _ = try EventPoll.wait(for: .readable, on: pidfd, timeoutNanoseconds: left)
            if let status = reap() { return status }
            if left == 0 { return nil }
        }
    }
}
