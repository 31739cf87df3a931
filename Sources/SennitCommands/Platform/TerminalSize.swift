#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How large the terminal on standard error is.
struct TerminalSize: Sendable, Hashable {
    let rows: Int
    let columns: Int

    /// What the terminal says now; 24 by 80 if there is none to ask.
    static var current: TerminalSize {
        var size = winsize()
        // Safety: the call fills a local variable of this thread and keeps no pointer.
        guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else {
            return TerminalSize(rows: 24, columns: 80)
        }
        return TerminalSize(rows: Int(size.ws_row), columns: Int(size.ws_col))
    }
}
