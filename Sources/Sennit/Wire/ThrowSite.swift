import CSennit
import Synchronization

/// Where the calling thread last threw an error.
package enum ThrowSite {
    /// Makes the runtime report each `throw`; once for the process, and for good.
    package static func install() {
        sennit_throw_install()
    }

    /// Starts or stops keeping throw sites on the calling thread.
    ///
    /// While it is on, a `throw` on the thread costs a walk over at most 32 frames, well below a microsecond.
    package static func recording(_ isOn: Bool) {
        sennit_throw_record(isOn)
    }

    /// The functions of the thread's last throw, innermost first, and forgets them.
    ///
    /// Frames of the Swift runtime are left out. A function without a name in the executable's table of symbols is
    /// given as its file and offset.
    package static func takeFrames() -> [String] {
        var addresses = [UInt](repeating: 0, count: Int(SENNIT_THROW_FRAMES))
        // Safety: the call fills at most as many addresses as the array holds, from a record of the calling thread's
        // own, and says how many. Addresses are only ever looked up, never followed; names below are C strings of
        // loaded files, or ours to free.
        let count = unsafe addresses.withUnsafeMutableBufferPointer {
            unsafe sennit_throw_take($0.baseAddress, $0.count)
        }
        return addresses.prefix(count).compactMap(name)
    }

    // Sites repeat, and finding a name takes a look at every symbol of the executable, about a millisecond.
    private static let known = Mutex<[UInt: String?]>([:])
    private static let knownLimit = 4096

    private static func name(_ address: UInt) -> String? {
        if let name = known.withLock({ $0[address] }) { return name }
        let name = frame(address)
        known.withLock { if $0.count < knownLimit { $0[address] = .some(name) } }
        return name
    }

    private static let runtimeFiles = ["libswift", "libc.so", "libdispatch", "libpthread", "libsystem"]

    private static func frame(_ address: UInt) -> String? {
        var offset: UInt = 0
        var file: UnsafePointer<CChar>?
        // One byte back: a return address may be the first one of the next function.
        let symbol = unsafe sennit_symbol(address - 1, &offset, &file)
        // Both are C strings of loaded files, which stay loaded.
        let path = unsafe file.map { unsafe String(cString: $0) } ?? ""
        let name = path.split(separator: "/").last.map(String.init) ?? "?"
        if runtimeFiles.contains(where: name.hasPrefix) { return nil }
        guard let symbol = unsafe symbol.map({ unsafe String(cString: $0) }) else {
            return "\(name) + 0x\(String(offset, radix: 16))"
        }
        return symbol.hasPrefix("sennit_") || symbol.hasPrefix("swift_") ? nil : demangled(symbol)
    }

    private static func demangled(_ symbol: String) -> String {
        guard symbol.hasPrefix("$s"), let text = unsafe sennit_demangle(symbol) else { return symbol }
        // The runtime gave a C string of our own.
        defer { unsafe sennit_demangle_free(text) }
        return unsafe String(cString: text)
    }
}
