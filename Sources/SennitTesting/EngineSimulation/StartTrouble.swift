import Sennit

/// What the world knows of starts that fail, by its own count: before when no worker may start.
struct StartTrouble: Sendable {
    private let delay: Nanoseconds
    private let maximumDelay: Nanoseconds
    /// Failed attempts since a worker last became ready.
    private(set) var attempts = 0
    private var lastCounted: Nanoseconds = 0
    private var earliest: Nanoseconds = 0

    init(limits: EngineLimits) {
        delay = max(limits.restartDelay, 1_000_000)
        maximumDelay = max(limits.maximumRestartDelay, 1_000_000)
    }

    private var pause: Nanoseconds {
        var pause = delay
        for _ in 1..<max(1, attempts) where pause < maximumDelay { pause *= 2 }
        return min(pause, maximumDelay)
    }

    func mayStart(at now: Nanoseconds) -> Bool { attempts == 0 || now >= earliest }

    mutating func started(at now: Nanoseconds) {
        if attempts > 0 { earliest = now + pause }
    }

    mutating func startFailed(startedAt: Nanoseconds, now: Nanoseconds) {
        if attempts == 0 || startedAt > lastCounted {
            attempts += 1
            lastCounted = now
        }
        earliest = max(earliest, now + pause)
    }

    /// The pool's user wants workers now.
    mutating func skipPause() { earliest = 0 }

    mutating func end() {
        attempts = 0
        earliest = 0
    }
}
