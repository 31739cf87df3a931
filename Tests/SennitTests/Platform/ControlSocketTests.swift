import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Two connected ends in one process.
struct SocketEnds {
    let near: ControlSocket
    let far: ControlSocket

    init(_ sending: ControlSocket.Sending = .queued(maximumBytes: 4 << 20)) throws {
        var pair = try DescriptorPair.sockets()
        guard let first = pair.first.take(), let second = pair.second.take() else { fatalError("no sockets") }
        near = ControlSocket(adopting: first, sending: sending)
        far = ControlSocket(adopting: second)
    }
}

@Suite struct ControlSocketTests {
    private func drain(_ socket: ControlSocket) throws -> [(UInt16, [UInt8])] {
        var frames: [(UInt16, [UInt8])] = []
        _ = try socket.receive { frames.append(($0.kind, $0.payload)) }
        return frames
    }

    @Test func `frames of every size arrive whole and in order`() throws {
        let ends = try SocketEnds()
        let sizes = [0, 1, 7, 8, 4095, 4096, 70_000, ControlSocket.maximumPayload, 3]
        for (kind, size) in sizes.enumerated() {
            try ends.near.send(kind: UInt16(kind), payload: [UInt8](repeating: UInt8(kind), count: size))
        }
        var frames: [(UInt16, [UInt8])] = []
        while frames.count < sizes.count {
            frames += try drain(ends.far)
            try ends.near.flush()
        }
        #expect(frames.map(\.0) == sizes.indices.map { UInt16($0) })
        #expect(frames.map(\.1.count) == sizes)
        #expect(frames.allSatisfy { frame in frame.1.allSatisfy { $0 == UInt8(frame.0) } })
        #expect(ends.near.pendingOutput == 0)
        #expect(try ends.far.receive { _ in } == .open(frames: 0))
    }

    @Test func `descriptors come with the frame they were sent with`() throws {
        let ends = try SocketEnds()
        var pipe = try DescriptorPair.pipe()
        guard let reader = pipe.first.take(), let writer = pipe.second.take() else { return }
        try ends.near.send(kind: 1, payload: [1])
        try ends.near.send(kind: 2, payload: [2], descriptors: [writer.rawValue])
        try ends.near.send(kind: 3, payload: [3])
        var counts: [Int] = []
        _ = try ends.far.receive { frame in
            counts.append(frame.descriptorCount)
            if let descriptor = frame.takeDescriptor() { _ = unsafe write(descriptor.rawValue, "x", 1) }
        }
        #expect(counts == [0, 1, 0])
        var byte: UInt8 = 0
        #expect(unsafe read(reader.rawValue, &byte, 1) == 1)
    }

    @Test func `a full queue is an error and loses nothing`() throws {
        let ends = try SocketEnds(.queued(maximumBytes: 300_000))
        let payload = [UInt8](repeating: 5, count: 100_000)
        var sent = 0
        let error = #expect(throws: ControlSocketError.self) {
            while sent < 1000 {
                try ends.near.send(kind: 1, payload: payload)
                sent += 1
            }
        }
        guard case .outputFull(let pending) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(pending <= 300_000)
        var received = 0
        while received < sent {
            received += try drain(ends.far).count
            try ends.near.flush()
        }
        #expect(received == sent)
    }

    @Test func `end of file and a broken pipe are told apart`() throws {
        var pair = try DescriptorPair.sockets()
        guard let first = pair.first.take() else { return }
        let near = ControlSocket(adopting: first)
        do {
            guard let second = pair.second.take() else { return }
            let far = ControlSocket(adopting: second)
            try far.send(kind: 9, payload: [9])
        }
        var kinds: [UInt16] = []
        #expect(try near.receive { kinds.append($0.kind) } == .endOfFile(isTruncated: false))
        #expect(kinds == [9])
        #expect(throws: ControlSocketError.brokenPipe) { try near.send(kind: 1) }
        #expect(try near.receive { _ in } == .endOfFile(isTruncated: false))
    }

    @Test func `bytes that are no frame are an error for good`() throws {
        var pair = try DescriptorPair.sockets()
        guard let first = pair.first.take(), let second = pair.second.take() else { return }
        let near = ControlSocket(adopting: first)
        let garbage = [UInt8](repeating: 0xff, count: 64)
        _ = unsafe write(second.rawValue, garbage, garbage.count)
        let error = #expect(throws: ControlSocketError.self) { try near.receive { _ in } }
        #expect(throws: error ?? .brokenPipe) { try near.receive { _ in } }
        #expect(throws: ControlSocketError.self) {
            try near.send(kind: 1, payload: .init(repeating: 0, count: 2 << 20))
        }
    }

    @Test func `a frame cut short by the other end's death is told`() throws {
        var pair = try DescriptorPair.sockets()
        guard let first = pair.first.take() else { return }
        let near = ControlSocket(adopting: first)
        do {
            guard let second = pair.second.take() else { return }
            _ = unsafe write(second.rawValue, [UInt8]([200, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3]), 11)
        }
        #expect(try near.receive { _ in } == .endOfFile(isTruncated: true))
    }

    @Test func `a wait for frames ends with the time`() throws {
        let ends = try SocketEnds()
        let start = MonotonicClock.now()
        #expect(try ends.near.receiveBlocking(timeoutNanoseconds: 5_000_000) { _ in } == .open(frames: 0))
        #expect(MonotonicClock.now() - start >= 5_000_000)
    }

    @Test func `threads that send at once do not mix their frames`() async throws {
        let ends = try SocketEnds(.blocking)
        let (near, far) = (ends.near, ends.far)
        let total = 4 * 200
        let received = try await withThrowingTaskGroup(of: Int.self) { group in
            for sender in 0..<4 {
                group.addTask {
                    for index in 0..<200 {
                        try near.send(kind: UInt16(sender), payload: .init(repeating: UInt8(sender), count: index * 37))
                    }
                    return 0
                }
            }
            var next = [0, 0, 0, 0]
            var sound = 0
            while next.reduce(0, +) < total {
                _ = try far.receiveBlocking { frame in
                    let sender = Int(frame.kind)
                    let isWhole = frame.payload.count == next[sender] * 37
                    if isWhole, frame.payload.allSatisfy({ Int($0) == sender }) { sound += 1 }
                    next[sender] += 1
                }
            }
            try await group.waitForAll()
            return sound
        }
        #expect(received == total)
    }

    @Test func `no descriptor leaks on any path`() async {
        await #expect(processExitsWith: .success) {
            let before = OpenDescriptors.now()
            for round in 0..<50 { try ControlSocketTests.exchangeDescriptors(round) }
            insist(OpenDescriptors.now() == before, "leaked: \(OpenDescriptors.now()) after \(before)")
            exit(0)
        }
    }

    private static func exchangeDescriptors(_ round: Int) throws {
        let ends = try SocketEnds(.queued(maximumBytes: 1 << 20))
        let file = try Wakeup()
        let attached = [file.descriptor, file.descriptor, file.descriptor]
        switch round % 5 {
        case 0:  // Taken, partly.
            try ends.near.send(kind: 1, descriptors: attached)
            _ = try ends.far.receive { _ = $0.takeDescriptor() }
        case 1:  // Never received.
            try ends.near.send(kind: 1, descriptors: attached)
        case 2:  // Queued and never sent.
            while ends.near.pendingOutput < 400_000 {
                try ends.near.send(kind: 1, payload: .init(repeating: 0, count: 50_000), descriptors: attached)
            }
        case 3:  // Arrived with a frame that never becomes whole.
            try ends.near.send(kind: 1, payload: .init(repeating: 0, count: 1 << 20), descriptors: attached)
            _ = try ends.far.receive { _ in }
        default:  // Refused.
            _ = try? ends.near.send(kind: 1, payload: .init(repeating: 0, count: 2 << 20), descriptors: attached)
            _ = try? ends.near.send(kind: 1, descriptors: [-1])
        }
    }
}
