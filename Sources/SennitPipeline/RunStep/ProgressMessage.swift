import ByteText
package import Sennit

/// A step's progress in the form of a task's progress: bytes travel in front of the message, within its 96 bytes.
package enum ProgressMessage {
    private static let separator: Unicode.Scalar = "\u{1F}"

    package static func pack(_ progress: StepProgress) -> TaskProgress {
        var text = progress.message
        if progress.bytes != nil || progress.totalBytes != nil {
            let numbers = [progress.bytes, progress.totalBytes].map { $0.map { String($0, radix: 36) } ?? "" }
            text = numbers.joined(separator: "/") + String(separator) + text
        }
        return TaskProgress(completed: progress.rows, total: progress.totalRows, message: text)
    }

    package static func unpack(_ progress: TaskProgress) -> StepProgress {
        var unpacked = StepProgress(rows: progress.completed, totalRows: progress.total, message: progress.message)
        let parts = progress.message.bytes.parts(at: separator, limit: 2)
        guard parts.count == 2 else { return unpacked }
        let numbers = parts[0].parts(at: "/")
        guard numbers.count == 2 else { return unpacked }
        unpacked.bytes = Int64(numbers[0].text, radix: 36)
        unpacked.totalBytes = Int64(numbers[1].text, radix: 36)
        unpacked.message = parts[1].string
        return unpacked
    }
}
