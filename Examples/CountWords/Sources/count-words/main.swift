// Counts the words of the files named as arguments:
//
//     swift run count-words *.txt
//
// There is nothing about workers here. A worker is this program started again, and diverted before this line.
import CountWords
import Dispatch
import Foundation

let paths = Array(CommandLine.arguments.dropFirst())
guard !paths.isEmpty else {
    print("usage: count-words file...")
    exit(2)
}
let showsProgress = isatty(STDERR_FILENO) == 1

@Sendable func show(_ text: String) {
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
}

let work = Task.detached {
    try await countWords(in: paths) { totals in
        if showsProgress { show("\(totals.files) of \(paths.count) files") }
    }
}

// Ctrl-C cancels the work. The pool's scope then tells its tasks, waits for its workers and leaves none behind.
signal(SIGINT, SIG_IGN)
let interrupts = DispatchSource.makeSignalSource(signal: SIGINT, queue: .main)
interrupts.setEventHandler { work.cancel() }
interrupts.resume()

do {
    let totals = try await work.value
    if showsProgress { show("") }
    for (word, count) in totals.mostFrequent(20) { print(count, word, separator: "\t") }
    for (path, error) in totals.failures { show("\(path): \(error)\n") }
    exit(totals.failures.isEmpty ? 0 : 1)
} catch is CancellationError {
    show("interrupted\n")
    exit(130)
} catch {
    show("\(error)\n")
    exit(1)
}
