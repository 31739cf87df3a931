#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A system call that Linux 3.10 did not have and that something in a pool's processes makes.
enum YoungCall: String, CaseIterable, Codable, Sendable {
    case getrandom
    case memfd_create
    case pidfd_send_signal
    case pidfd_open
    case clone3
    case close_range
    case epoll_pwait2

    /// The call's number.
    var number: UInt32 {
        #if arch(x86_64)
            switch self {
            case .getrandom: 318
            case .memfd_create: 319
            case .pidfd_send_signal, .pidfd_open, .clone3, .close_range, .epoll_pwait2: newNumber
            }
        #else
            switch self {
            case .getrandom: 278
            case .memfd_create: 279
            case .pidfd_send_signal, .pidfd_open, .clone3, .close_range, .epoll_pwait2: newNumber
            }
        #endif
    }

    /// Calls from 424 on have one number on every machine.
    private var newNumber: UInt32 {
        switch self {
        case .pidfd_send_signal: 424
        case .pidfd_open: 434
        case .clone3: 435
        case .close_range: 436
        case .epoll_pwait2: 441
        case .getrandom, .memfd_create: 0
        }
    }

    /// The numbers of every call that came after Linux 3.10, whether a pool makes it or not.
    ///
    /// But for `rseq`: the C library does without it if it is refused from a process's start, and ends the process if
    /// it is refused only to later threads.
    static var everyNumber: [UInt32] {
        #if arch(x86_64)
            Array(314...333) + Array(424...470)
        #else
            Array(274...292) + Array(424...470)
        #endif
    }
}

/// Has the system refuse calls of this process, of all its threads and of what they start; for good.
enum SystemCallFilter {
    private typealias Call = @convention(c) (Int, Int, Int, Int) -> Int
    private typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32

    /// Refuses the calls with these numbers.
    ///
    /// - Returns: Whether the system took the filter.
    static func refuse(_ numbers: [UInt32], with error: Int32) -> Bool {
        // The module map hides both, since they take any number of arguments.
        guard let callAddress = unsafe dlsym(nil, "syscall"), let controlAddress = unsafe dlsym(nil, "prctl")
        else { return false }
        let call = unsafe unsafeBitCast(callAddress, to: Call.self)
        let control = unsafe unsafeBitCast(controlAddress, to: Control.self)
        // PR_SET_NO_NEW_PRIVS, without which only root may filter.
        guard control(38, 1, 0, 0, 0) == 0 else { return false }
        let program = program(numbers, error)
        return unsafe program.withUnsafeBufferPointer { instructions in
            // A count and, eight bytes further, an address: what the system calls sock_fprog.
            var header: (UInt64, UInt64) = (
                UInt64(instructions.count), UInt64(UInt(bitPattern: instructions.baseAddress))
            )
            return unsafe withUnsafePointer(to: &header) { header in
                // SECCOMP_SET_MODE_FILTER, for all threads (SECCOMP_FILTER_FLAG_TSYNC).
                call(seccomp, 1, 1, Int(bitPattern: header)) == 0
            }
        }
    }

    /// Loads the call's number, compares it with each that is refused, and answers.
    private static func program(_ numbers: [UInt32], _ error: Int32) -> [UInt64] {
        func instruction(_ code: UInt16, then: Int = 0, _ operand: UInt32) -> UInt64 {
            UInt64(code) | UInt64(then) << 16 | UInt64(operand) << 32
        }
        let comparisons = numbers.enumerated().map { index, number in
            // To the last instruction if equal, else to the next.
            instruction(0x15, then: numbers.count - index, number)
        }
        return [instruction(0x20, 0)] + comparisons
            + [instruction(0x06, 0x7fff_0000), instruction(0x06, 0x0005_0000 | UInt32(error))]
    }

    private static var seccomp: Int {
        #if arch(x86_64)
            317
        #else
            277
        #endif
    }
}
