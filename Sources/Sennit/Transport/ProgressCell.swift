import CSennit

/// A slot's latest progress: a sequence lock around 128 bytes, and a mark "a notice is queued".
///
/// Writers overwrite each other; the reader sees the latest report that holds together.
// Safety: a slot makes the cell over its own last 136 bytes, aligned to eight. Threads of both processes may be at them
// at once: words are copied one by one by atomic loads and stores, and the sequence tells whether a copy holds
// together.
// Sendable by hand: the pointer never changes, and every access behind it is atomic.
@safe
struct ProgressCell: @unchecked Sendable {
    static let wordCount = ProgressNotice.byteCount / 8
    /// Looks at a busy cell before giving up; the holder writes 16 words, unless it was descheduled.
    static let patience = 100

    private let base: UnsafeMutableRawPointer

    @unsafe
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

    /// 1 while the completion ring holds a notice for this slot.
    var queued: SharedUInt32 { unsafe SharedUInt32(base) }
    private var sequence: SharedUInt32 { unsafe SharedUInt32(base + 4) }
    private var words: UnsafeMutablePointer<UInt64> {
        unsafe (base + 8).assumingMemoryBound(to: UInt64.self)
    }

    /// Replaces the report; false when another thread kept the cell busy: progress may be lost.
    func write(_ report: ProgressNotice) -> Bool {
        for _ in 0..<Self.patience {
            let before = sequence.load()
            guard before & 1 == 0, sequence.replace(before, by: before &+ 1) else {
                sennit_cpu_pause()
                continue
            }
            sennit_fence_release()
            unsafe report.withWords { unsafe sennit_copy_words_to_shared(words, $0, Self.wordCount) }
            sequence.storeRelease(before &+ 2)
            return true
        }
        return false
    }

    /// The latest report, or nil while a writer is at it: that writer queues a notice afterwards.
    ///
    /// `slot` is only the notice's label.
    func read(slot: SlotIndex) -> ProgressNotice? {
        for _ in 0..<Self.patience {
            let before = sequence.loadAcquire()
            guard before & 1 == 0 else {
                sennit_cpu_pause()
                continue
            }
            let report = unsafe ProgressNotice(slot: slot) {
                unsafe sennit_copy_words_from_shared($0, words, Self.wordCount)
            }
            sennit_fence_acquire()
            if sequence.load() == before { return report }
        }
        return nil
    }
}
