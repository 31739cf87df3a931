import Sennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A context whose making or ending goes wrong as it is told.
final class FailingContext: WorkerContext {
    enum Way: String, Codable {
        case throwsError, throwsOnce, traps, exits, hangs, waitsAtGate
        case threadThrows, threadTraps
        case endingHangs, endingWaits
    }

    struct Configuration: Codable {
        var way: Way
        /// Counts how often it was made.
        var starts: Tally
        var gate: Gate?
    }

    private let configuration: Configuration

    init(_ configuration: Configuration) async throws {
        self.configuration = configuration
        configuration.starts.add()
        switch configuration.way {
        case .throwsError: throw TypedError(code: 7, place: ["context"])
        case .throwsOnce where configuration.starts.count == 1: throw TypedError(code: 7, place: ["context"])
        case .traps: fatalError("no context today")
        case .exits: _exit(11)
        case .hangs: while true { pause() }
        case .waitsAtGate: configuration.gate?.pass()
        default: break
        }
    }

    func makeThreadState() async throws -> Int {
        switch configuration.way {
        case .threadThrows: throw TypedError(code: 8, place: ["thread"])
        case .threadTraps: fatalError("no thread today")
        default: return 1
        }
    }

    func shutDown() async {
        switch configuration.way {
        case .endingHangs: while true { pause() }
        case .endingWaits:
            configuration.starts.add(UInt8(ascii: "e"))
            configuration.gate?.pass()
        default: break
        }
    }
}
