import ByteText
import Foundation
import GRDB

extension EventStore {
    /// How many lines are read or written in one go.
    private static let transferBatch = 2000

    /// Writes every event as a line of JSON (NDJSON), in the order of positions.
    ///
    /// Each line is an object with `position`, `stream`, `version`, `type`, `schema`, `time` in microseconds since
    /// 1970, `correlation` and `causation` where there are any, `isDeleted` for the marks of deleted streams, and
    /// `payload`, the value as it is stored. Memory stays at one batch. Events that are appended meanwhile may be in it
    /// or not.
    ///
    /// - Parameters:
    ///   - position: What the receiver has already; zero for everything.
    ///   - write: Takes the next lines, each with its end.
    /// - Returns: How many events were written.
    /// - Throws: ``EventStoreError``, and what `write` throws.
    @discardableResult
    public func exportLines(after position: Int = 0, _ write: ([UInt8]) throws -> Void) throws -> Int {
        var position = position
        var count = 0
        while true {
            let chunk = try chunk(after: position, limit: Self.transferBatch, matching: .everything)
            var lines: [UInt8] = []
            for event in chunk.events {
                lines.append(contentsOf: try ExportedEvent(event).line(payload: event.payload.bytes))
            }
            if !lines.isEmpty { try write(lines) }
            count += chunk.events.count
            position = chunk.scannedTo
            if chunk.reachedEnd { return count }
        }
    }

    /// Reads what ``exportLines(after:_:)`` has written.
    ///
    /// Streams, versions, times and values become what they were; positions are given anew, in the order of the lines.
    /// An event that is there already, the same stream and version with the same value, is left out, so that an import
    /// that was broken off can be repeated.
    ///
    /// - Parameter lines: The lines, without their ends; empty ones are left out.
    /// - Returns: How many events were added.
    /// - Throws: ``EventStoreError`` with ``EventStoreError/Code/malformedLine`` and the line's number if it is none,
    ///   leaves a gap in its stream, or differs from what is there. What came more than a batch before it stays.
    @discardableResult
    public func importLines(_ lines: some Sequence<String>) async throws -> Int {
        var added = 0
        var batch: [(line: Int, event: ExportedEvent, payload: [UInt8])] = []
        var number = 0
        func flush() async throws {
            let events = batch
            added += try await connection.write { db, appends in
                try events.reduce(0) { sum, entry in
                    do {
                        return try sum + (appends.restore(entry.event, entry.payload, in: db) ? 1 : 0)
                    } catch let error as RestoreFailure {
                        throw EventStoreError(.malformedLine, "Line \(entry.line): \(error.message)")
                    }
                }
            }
            batch.removeAll(keepingCapacity: true)
        }
        for line in lines {
            number += 1
            guard !line.bytes.trimmed.isEmpty else { continue }
            batch.append(try parse(line, number))
            if batch.count >= Self.transferBatch { try await flush() }
        }
        if !batch.isEmpty { try await flush() }
        head.advance(to: try lastPosition())
        return added
    }

    private func parse(_ line: String, _ number: Int) throws -> (Int, ExportedEvent, [UInt8]) {
        do {
            let (event, payload) = try ExportedEvent.parse(Array(line.utf8))
            try event.stream.validate()
            guard EventType(event.type, version: event.schema).isValid, event.version > 0,
                event.version < StoreFormat.deletedBit, payload.count <= options.maximumEventBytes
            else { throw EventStoreError(.invalidArgument, "The type, the version or the size is out of range.") }
            return (number, event, payload)
        } catch {
            throw EventStoreError(.malformedLine, "Line \(number) is no event of an export.", cause: error)
        }
    }
}

/// Why a line cannot be taken in.
struct RestoreFailure: Error {
    var message: String
}

extension AppendWriter {
    /// Writes an event of an export at its place in its stream.
    ///
    /// - Returns: Whether it was missing.
    func restore(_ event: ExportedEvent, _ payload: [UInt8], in db: Database) throws -> Bool {
        let isDeleted = event.isDeleted == true
        let id = try withNames { try $0.stream(event.stream) ?? $0.addStream(event.stream) }
        let last = try version(of: id)
        let wanted = isDeleted ? event.version | StoreFormat.deletedBit : event.version
        let type = isDeleted ? StoreFormat.tombstone : EventType(event.type, version: event.schema)
        if wanted <= last { return try checkSame(event, payload, type: type, stream: id, version: wanted, in: db) }
        // A mark follows what is no longer there.
        guard event.version == last + 1 || isDeleted else {
            throw RestoreFailure(
                message: "version \(event.version) of '\(event.stream)' follows version \(last); some are missing.")
        }
        let request = AppendRequest(
            stream: event.stream, expected: .any, events: [],
            metadata: EventMetadata(correlation: event.correlation, causation: event.causation), command: nil,
            time: event.time)
        _ = try insert(EncodedEvent(type: type, payload: payload), stream: id, version: wanted, of: request)
        return true
    }

    private func checkSame(
        _ event: ExportedEvent, _ payload: [UInt8], type: EventType, stream: Int, version: Int, in db: Database
    ) throws -> Bool {
        let row = try Row.fetchOne(
            db, sql: "SELECT type, payload FROM events WHERE stream = ? AND version = ?", arguments: [stream, version])
        guard let row, row["type"] == (try withNames { try $0.type(type) }),
            (row["payload"] as String).utf8.elementsEqual(payload)
        else {
            throw RestoreFailure(
                message: "version \(event.version) of '\(event.stream)' differs from what is there, or was deleted.")
        }
        return false
    }
}
