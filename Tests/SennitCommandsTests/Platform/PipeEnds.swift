import Glibc
import Sennit

/// The numbers of a new pipe's ends, which whoever asked closes.
struct PipeEnds {
    let reading: Int32
    let writing: Int32

    init() throws {
        var pair = try DescriptorPair.pipe()
        guard let first = pair.first.take(), let second = pair.second.take() else {
            throw SystemError(code: EBADF, operation: "pipe2")
        }
        reading = first.take()
        writing = second.take()
    }
}
