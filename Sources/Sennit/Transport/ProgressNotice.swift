/// A progress report of a running task.
package struct ProgressNotice: Sendable, Equatable {
    package let slot: SlotIndex
    package let taskID: UInt64
    package let attempt: UInt32
    package let completed: Int64
    package let total: Int64
    /// Empty when the task gave none; ill-formed UTF-8 is repaired.
    package let message: String

    package init(slot: SlotIndex, taskID: UInt64, attempt: UInt32, completed: Int64, total: Int64, message: String) {
        self.slot = slot
        self.taskID = taskID
        self.attempt = attempt
        self.completed = completed
        self.total = total
        self.message = message
    }
}

/// The notice as the 128 bytes of a progress cell.
// Safety: the bytes are this thread's own, zeroed before they are used and gone when the closure returns; shared memory
// is only touched by who copies them. All offsets are constants within `byteCount`, and a message's length is cut to
// what is there.
extension ProgressNotice {
    private enum Offset {
        static let completed = 0
        static let total = 8
        static let taskID = 16
        static let attempt = 24
        static let messageLength = 28
        static let message = 32
    }

    static let byteCount = Offset.message + ChannelLayout.messageCapacity

    /// Calls `body` with the notice as words; a message that is too long loses its last characters.
    func withWords(_ body: (UnsafePointer<UInt64>) -> Void) {
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 8) { cell in
            unsafe cell.initializeMemory(as: UInt8.self, repeating: 0)
            unsafe cell.storeBytes(of: completed, toByteOffset: Offset.completed, as: Int64.self)
            unsafe cell.storeBytes(of: total, toByteOffset: Offset.total, as: Int64.self)
            unsafe cell.storeBytes(of: taskID, toByteOffset: Offset.taskID, as: UInt64.self)
            unsafe cell.storeBytes(of: attempt, toByteOffset: Offset.attempt, as: UInt32.self)
            let text = Self.prefix(of: message, bytes: ChannelLayout.messageCapacity)
            unsafe cell.storeBytes(of: UInt32(text.count), toByteOffset: Offset.messageLength, as: UInt32.self)
            unsafe UnsafeMutableRawBufferPointer(rebasing: cell[Offset.message...]).copyBytes(from: text)
            unsafe body(UnsafePointer(cell.assumingMemoryBound(to: UInt64.self).baseAddress.unsafelyUnwrapped))
        }
    }

    /// The notice in the words that `fill` writes; any bytes make some notice.
    init(slot: SlotIndex, _ fill: (UnsafeMutablePointer<UInt64>) -> Void) {
        self = unsafe withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 8) { cell in
            unsafe fill(cell.initializeMemory(as: UInt64.self, repeating: 0).baseAddress.unsafelyUnwrapped)
            let length = unsafe cell.load(fromByteOffset: Offset.messageLength, as: UInt32.self)
            let end = Offset.message + Int(min(length, UInt32(ChannelLayout.messageCapacity)))
            return unsafe ProgressNotice(
                slot: slot,
                taskID: cell.load(fromByteOffset: Offset.taskID, as: UInt64.self),
                attempt: cell.load(fromByteOffset: Offset.attempt, as: UInt32.self),
                completed: cell.load(fromByteOffset: Offset.completed, as: Int64.self),
                total: cell.load(fromByteOffset: Offset.total, as: Int64.self),
                message: String(decoding: UnsafeRawBufferPointer(rebasing: cell[Offset.message..<end]), as: UTF8.self))
        }
    }

    private static func prefix(of text: String, bytes: Int) -> Substring.UTF8View {
        guard text.utf8.count > bytes else { return text[...].utf8 }
        var end = text.utf8.index(text.startIndex, offsetBy: bytes)
        // Down to a boundary between characters, so that no character is cut in two.
        while end > text.startIndex, end.samePosition(in: text) == nil {
            end = text.utf8.index(before: end)
        }
        return text[..<end].utf8
    }
}
