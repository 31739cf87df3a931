import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Everything that breaks when the C library has a wrong idea of the current thread's number.
enum ThreadingCheck {
    /// Says what is wrong; empty if nothing is.
    static func run() -> String {
        var problems: [String] = []
        problems += check(kind: Int32(PTHREAD_MUTEX_RECURSIVE), relock: 0, "recursive")
        problems += check(kind: Int32(PTHREAD_MUTEX_ERRORCHECK), relock: EDEADLK, "errorcheck")
        if !raiseReachesThisThread() { problems.append("raise did not reach the handler") }
        if contendedCount() != 4 * 5000 { problems.append("a contended Mutex lost count") }
        return problems.joined(separator: "; ")
    }

    private static func check(kind: Int32, relock: Int32, _ name: String) -> [String] {
        var attributes = pthread_mutexattr_t()
        unsafe pthread_mutexattr_init(&attributes)
        unsafe pthread_mutexattr_settype(&attributes, kind)
        var mutex = unsafe pthread_mutex_t()
        unsafe pthread_mutex_init(&mutex, &attributes)
        var problems: [String] = []
        if unsafe pthread_mutex_lock(&mutex) != 0 { problems.append("\(name): lock") }
        if unsafe pthread_mutex_lock(&mutex) != relock { problems.append("\(name): second lock") }
        if relock == 0, unsafe pthread_mutex_unlock(&mutex) != 0 { problems.append("\(name): first unlock") }
        if unsafe pthread_mutex_unlock(&mutex) != 0 { problems.append("\(name): unlock") }
        if unsafe pthread_mutex_unlock(&mutex) != EPERM { problems.append("\(name): unlock by a stranger") }
        return problems
    }

    private static let raised = Atomic<Int>(0)
    private static let count = Mutex(0)

    private static func raiseReachesThisThread() -> Bool {
        _ = Glibc.signal(SIGUSR1) { _ in ThreadingCheck.raised.add(1, ordering: .relaxed) }
        _ = raise(SIGUSR1)
        _ = Glibc.signal(SIGUSR1, SIG_DFL)
        return raised.load(ordering: .relaxed) == 1
    }

    /// Four threads and a lock whose owner the kernel must find by its thread's number.
    private static func contendedCount() -> Int {
        var threads: [pthread_t] = []
        for _ in 0..<4 {
            var thread = pthread_t()
            let code = unsafe pthread_create(
                &thread, nil,
                { _ in
                    for _ in 0..<5000 { ThreadingCheck.count.withLock { $0 += 1 } }
                    return nil
                }, nil)
            if code == 0 { threads.append(thread) }
        }
        for thread in threads { pthread_join(thread, nil) }
        return count.withLock { $0 }
    }
}
