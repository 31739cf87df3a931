private import CSennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the box that carries the thread's body is retained for the thread and released exactly once: by the thread,
// or here when it could not be started. The other pointers are to local variables, for the length of one call.
/// A thread of the system's, outside of Swift's cooperative pool, where blocking is allowed.
package enum SystemThread {
    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// The calling thread, as a number that no other living thread of the process has.
    package static var current: UInt {
        #if canImport(Darwin)
            unsafe UInt(bitPattern: pthread_self())
        #else
            UInt(pthread_self())
        #endif
    }

    /// A way to start threads, as `start` is.
    package typealias Starter =
        @Sendable (_ name: String, _ stackBytes: Int, _ body: @escaping @Sendable () -> Void) throws(SystemError) ->
        Void

    /// Starts a detached thread that runs `body` and ends.
    ///
    /// - Parameters:
    ///   - name: Shown by `ps -L` and debuggers; cut to 15 bytes.
    ///   - stackBytes: Rounded up to whole pages, at least what the system demands.
    ///   - body: Runs on the new thread, once.
    /// - Throws: Such as EAGAIN when there may be no more threads; `body` does not run then.
    package static func start(
        name: String, stackBytes: Int, body: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        // Safety: the attributes are local, set up before they are used and destroyed on every path. The box carries
        // one reference of its own, which the new thread takes over, or which is given back here when there is no
        // thread; nobody else knows its address.
        var attributes = pthread_attr_t()
        _ = unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let page = 4096
        let size = max(stackBytes, 64 * 1024)
        unsafe pthread_attr_setstacksize(&attributes, (size + page - 1) / page * page)
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                // The one who started the thread has retained the box for it.
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                unsafe sennit_name_thread(start.name)
                start.body()
                return nil
            }, unsafe start.toOpaque())
        guard code == 0 else {
            unsafe start.release()
            throw SystemError(code: code, operation: "pthread_create")
        }
    }
}

extension SystemThread {
    /// Sleeps for about this long.
    package static func pause(nanoseconds: UInt64) {
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        _ = unsafe nanosleep(&time, nil)
    }

    /// Lets the calling thread's sleeps end on time; by default the system may make them 50 microseconds longer.
    package static func sharpenTimers() { sennit_sharpen_timers() }
}

/// The number of this process.
package enum ProcessIdentity {
    /// Asked of the system each time: a fork changes it.
    package static var current: Int32 { getpid() }

    /// Processors that the calling thread may run on.
    ///
    /// A mask that was set for it (`taskset`, a container's set of processors) counts; a share of their time does not.
    package static var processorCount: Int { max(1, Int(sennit_processor_count())) }
}
