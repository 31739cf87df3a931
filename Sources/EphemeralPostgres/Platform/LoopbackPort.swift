import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the address is a local variable whose size the system is told; it is rebound for the length of a call to the
// type that the call takes, as the socket interface is made to be used.
/// TCP ports on this machine's loopback interface.
enum LoopbackPort {
    /// A port that nobody listens on now, chosen by the system.
    ///
    /// Somebody else may take it before it is used: whoever uses it must be ready to ask again.
    static func free() throws(SystemError) -> Int {
        let descriptor = socket(AF_INET, streamSocket, 0)
        guard descriptor >= 0 else { throw SystemError(code: errno, operation: "socket") }
        let socket = FileDescriptor(adopting: descriptor)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                unsafe bind(socket.rawValue, raw, size) == 0 && getsockname(socket.rawValue, raw, &size) == 0
            }
        }
        guard code else { throw SystemError(code: errno, operation: "bind to the loopback interface") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    #if canImport(Glibc)
        private static var streamSocket: Int32 { Int32(SOCK_STREAM.rawValue) }
    #else
        private static var streamSocket: Int32 { SOCK_STREAM }
    #endif
}
