import Foundation
import Sennit
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

private struct Broken: Error, Codable, Equatable { var part: String }
private struct Unnamed: Error {}
private enum Choice: Error { case first, second }

/// Errors of this module cross as themselves, and others with what Foundation knows them by.
@Suite struct TravellingErrorTests {
    private func crossed(_ error: any Error) throws -> any Error {
        var writer = ByteWriter()
        ErrorEnvelope.encode(error: error, throwSite: [], into: &writer)
        let bytes = writer.bytes
        return try unsafe bytes.withUnsafeBytes {
            var reader = unsafe ByteReader($0)
            return try ErrorEnvelope.decode(from: &reader)
        }
    }

    private static let deathText = #"""
        {"worker": {"number": 1, "incarnation": 2}, "processID": 7,
         "exitStatus": {"signaled": {"_0": 11, "coreDumped": true}}, "reason": "it ran too long",
         "taskID": {"rawValue": 17179869187}, "taskType": "Work", "attempt": 5, "neighbours": 6,
         "standardErrorTail": "last words"}
        """#

    /// An error of each type of the module; those that only a pool makes are read from their text.
    private static func own() throws -> [any Error] {
        func read<E: Codable & Error>(_ type: E.Type, _ text: String) throws -> E {
            try JSONDecoder().decode(type, from: Data(text.utf8))
        }
        let death = try read(WorkerDied.self, deathText)
        return [
            death,
            try read(
                PoisonedTask.self,
                #"{"taskID": {"rawValue": 1}, "taskType": "Work", "deaths": 3, "lastDeath": \#(deathText)}"#),
            try read(
                TaskTimedOut.self, #"{"limit": {"timeout": {"_0": [0, 5000]}}, "taskType": "Work", "hadStarted": true}"#
            ),
            try read(
                TaskTimedOut.self,
                #"{"limit": {"deadline": {}}, "taskID": {"rawValue": 2}, "taskType": "Work", "hadStarted": false}"#),
            PayloadTooLarge(byteCount: 9, maximumByteCount: 8), PoolError(.shutDown, "It is over."),
            PoolError(.startFailed, "No.", cause: PoolError(.invalidArgument, "Because.", cause: death)),
            RemoteError(typeName: "T", message: "m", throwSite: ["f"], domain: "d", code: -5),
        ]
    }

    @Test func `each error of the module arrives as itself`() throws {
        for error in try Self.own() {
            let arrived = try crossed(error)
            #expect(type(of: arrived) == type(of: error))
            #expect("\(arrived)" == "\(error)")
        }
    }

    @Test func `each error of the module survives JSON`() throws {
        func copied<E: Codable & Error>(_ error: E) throws -> any Error {
            try JSONDecoder().decode(E.self, from: JSONEncoder().encode(error))
        }
        for error in try Self.own() {
            let codable = try #require(error as? any Codable & Error)
            #expect("\(try copied(codable))" == "\(error)")
        }
    }

    @Test func `a cause that is Codable arrives as itself, another as a description`() throws {
        let error = PoolError(.poolFailed, "It failed.", cause: Broken(part: "pump"))
        #expect((try crossed(error) as? PoolError)?.cause as? Broken == Broken(part: "pump"))
        let other = try crossed(PoolError(.poolFailed, "It failed.", cause: Unnamed())) as? PoolError
        #expect(try #require(other?.cause as? RemoteError).typeName.hasSuffix("Unnamed"))
    }

    @Test func `JSON makes no value of a type that it names`() throws {
        let error = PoolError(.poolFailed, "It failed.", cause: Broken(part: "pump"))
        let copy = try JSONDecoder().decode(PoolError.self, from: JSONEncoder().encode(error))
        #expect(try #require(copy.cause as? RemoteError).typeName.hasSuffix("Broken"))
        let text = #"{"code": "shutDown", "message": "", "cause": {"type": "Swift.Int", "value": 1}}"#
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(PoolError.self, from: Data(text.utf8)) }
        let unknown = #"{"code": "sunk", "message": ""}"#
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(PoolError.self, from: Data(unknown.utf8)) }
    }

    @Test func `a chain of causes is kept to its end`() throws {
        var error = PoolError(.poolFailed, "0")
        for number in 1...40 { error = PoolError(.poolFailed, "\(number)", cause: error) }
        #expect("\(try crossed(error))" == "\(error)")
    }

    @Test func `Foundation's errors keep their domain and code`() throws {
        let missing = DecodingError.keyNotFound(
            PlainKey(stringValue: "k"), .init(codingPath: [], debugDescription: "no k"))
        let corrupt = DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "no JSON"))
        let unwritable = EncodingError.invalidValue(1, .init(codingPath: [], debugDescription: "no"))
        let errors: [(any Error, String, Int)] = [
            (POSIXError(.ECONNREFUSED), "NSPOSIXErrorDomain", 111),
            (CocoaError(.fileReadNoSuchFile), "NSCocoaErrorDomain", 260),
            (URLError(.timedOut), "NSURLErrorDomain", -1001),
            (NSError(domain: "mine", code: 17), "mine", 17),
            (missing, "NSCocoaErrorDomain", 4865), (corrupt, "NSCocoaErrorDomain", 4864),
            (unwritable, "NSCocoaErrorDomain", 4866),
        ]
        for (error, domain, code) in errors {
            let remote = try #require(try crossed(error) as? RemoteError)
            #expect((remote.domain, remote.code) == (domain, code), "\(error)")
        }
        #expect(try #require(try crossed(Choice.second) as? RemoteError).code == 1)
        let unnamed = try #require(try crossed(Unnamed()) as? RemoteError)
        #expect(unnamed.domain.hasSuffix("Unnamed"))
    }

    private struct PlainKey: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    #if FoundationErrors
        @Test func `localizedDescription is the error's own description`() throws {
            for error in try Self.own() { #expect(error.localizedDescription == "\(error)") }
        }
    #endif
}
