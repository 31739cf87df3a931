import CSennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A copy of a worker that a task has made with `fork`.
///
/// It has the worker's memory, the channel to the parent too, and one thread: the one that forked, in the middle of its
/// task. When that thread comes back from the task, it would answer for it a second time.
enum ProcessCopy {
    /// Makes this process known as the one that serves tasks.
    static func markOriginal() { sennit_mark_process() }

    /// Ends the calling process, with status 70 and a line on standard error, unless it is the process of this number.
    static func endUnlessOriginal(_ processID: Int32) {
        guard !sennit_is_process(processID) else { return }
        let text =
            "sennit: process \(getpid()) is a copy of process \(processID) that a task has made with fork. "
            + "It ends here, where "
            + "the task returns: the original answers for the task. Call exec or _exit in a copy.\n"
        // Safety: the array is alive during the call. What else this process holds is the original's, so nothing is
        // flushed or released.
        _ = unsafe Array(text.utf8).withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
        _exit(70)
    }
}
