import Testing

@testable import WebFetch

struct BodyBoundsTests {
    private var limits: WebLimits {
        var limits = WebLimits()
        limits.maximumByteCount = 1000
        limits.maximumWireByteCount = 500
        limits.maximumCompressionRatio = 10
        limits.compressionGraceByteCount = 100
        return limits
    }

    @Test func `an announced length is judged before a byte is read`() {
        let bounds = BodyBounds(limits)
        let head = { (length: String) in WebHead(status: 200, headers: ["Content-Length": length]) }
        #expect(bounds.judge(head("500"), isDecoded: true) == nil)
        #expect(bounds.judge(head("501"), isDecoded: true)?.code == .bodyTooLarge)
        #expect(bounds.judge(head("1000000000000"), isDecoded: false)?.code == .bodyTooLarge)
    }

    @Test func `decoded and wire bytes have limits of their own`() {
        var decoded = BodyBounds(limits)
        expect(decoded.take(1000, wire: 200), is: nil)
        expect(decoded.take(1, wire: 200)?.code, is: .bodyTooLarge)
        var wire = BodyBounds(limits)
        expect(wire.take(1, wire: 501)?.code, is: .bodyTooLarge)
    }

    @Test func `a ratio counts beyond the grace`() {
        var bounds = BodyBounds(limits)
        expect(bounds.take(100, wire: 1), is: nil)
        expect(bounds.take(1, wire: 1)?.code, is: .suspiciousCompression)
    }
}

struct TransferWatchTests {
    private let start = ContinuousClock.now
    private var limits: WebLimits {
        var limits = WebLimits()
        limits.connect = .seconds(1)
        limits.firstByte = .seconds(2)
        limits.idle = .seconds(3)
        return limits
    }

    private func watch(_ change: (inout WebLimits) -> Void = { _ in }) -> TransferWatch {
        var limits = limits
        change(&limits)
        return TransferWatch(limits, start: start, wholeDeadline: start + .seconds(60))
    }

    @Test func `each stage has its limit`() {
        var watch = watch()
        #expect(watch.deadline == start + .seconds(1))
        expect(watch.passedLimit(at: start + .milliseconds(999)), is: nil)
        expect(watch.passedLimit(at: start + .seconds(1)), is: .connect)
        watch.connected(at: start + .milliseconds(500))
        expect(watch.passedLimit(at: start + .milliseconds(2499)), is: nil)
        expect(watch.passedLimit(at: start + .milliseconds(2500)), is: .firstByte)
        watch.received(10, at: start + .seconds(2))
        #expect(watch.deadline == start + .seconds(5))
        watch.received(10, at: start + .seconds(4))
        expect(watch.passedLimit(at: start + .seconds(6)), is: nil)
        expect(watch.passedLimit(at: start + .seconds(7)), is: .idle)
        expect(watch.passedLimit(at: start + .seconds(60)), is: .whole)
    }

    @Test func `sending pushes the first byte's limit on`() {
        var watch = watch()
        watch.connected(at: start)
        watch.sent(at: start + .seconds(1))
        #expect(watch.deadline == start + .seconds(3))
    }

    @Test func `the reader's pauses are not silence`() {
        var watch = watch { $0.minimumBytesPerSecond = 1000 }
        watch.connected(at: start)
        watch.received(1, at: start)
        watch.paused()
        expect(watch.passedLimit(at: start + .seconds(59)), is: nil)
        #expect(watch.deadline == start + .seconds(60))
        watch.resumed(at: start + .seconds(30))
        #expect(watch.deadline == start + .seconds(33))
    }

    @Test func `a drip that never falls silent is too slow`() {
        var watch = watch {
            $0.minimumBytesPerSecond = 10
            $0.rateWindow = .seconds(5)
        }
        watch.connected(at: start)
        for second in 0..<5 { watch.received(2, at: start + .seconds(second)) }
        expect(watch.passedLimit(at: start + .milliseconds(4900)), is: nil)
        expect(watch.passedLimit(at: start + .seconds(5)), is: .minimumRate)
    }

    @Test func `a fast window starts another`() {
        var watch = watch {
            $0.minimumBytesPerSecond = 10
            $0.rateWindow = .seconds(2)
        }
        watch.connected(at: start)
        watch.received(100, at: start)
        expect(watch.passedLimit(at: start + .seconds(2)), is: nil)
        expect(watch.passedLimit(at: start + .milliseconds(2900)), is: nil)
        watch.received(1, at: start + .milliseconds(3900))
        expect(watch.passedLimit(at: start + .seconds(4)), is: .minimumRate)
    }
}

struct AdmissionQueueTests {
    private func origin(_ host: String) throws -> WebURL.Origin { try WebURL("http://\(host)/").origin }

    @Test func `an origin's limit does not hold up another origin`() throws {
        var queue = AdmissionQueue<Int>(maximumRunning: 10, maximumPerOrigin: 2, maximumWaiting: 100)
        let (slow, other) = (try origin("slow"), try origin("other"))
        for number in 0..<5 { expect(queue.enqueue(number, origin: slow), is: true) }
        expect(queue.enqueue(9, origin: other), is: true)
        var started: [Int] = []
        while let next = queue.next() { started.append(next) }
        #expect(started.sorted() == [0, 1, 9])
        queue.ended(slow)
        expect(queue.next(), is: 2)
        expect(queue.next(), is: nil)
    }

    @Test func `origins take turns`() throws {
        var queue = AdmissionQueue<String>(maximumRunning: 1, maximumPerOrigin: 5, maximumWaiting: 100)
        let (a, b) = (try origin("a"), try origin("b"))
        for name in ["a1", "a2", "a3"] { _ = queue.enqueue(name, origin: a) }
        _ = queue.enqueue("b1", origin: b)
        var order: [String] = []
        while let next = queue.next() {
            order.append(next)
            queue.ended(next.utf8.first == UInt8(ascii: "a") ? a : b)
        }
        #expect(order == ["a1", "b1", "a2", "a3"])
        #expect(queue.runningCount == 0)
    }

    @Test func `a full queue refuses`() throws {
        var queue = AdmissionQueue<Int>(maximumRunning: 1, maximumPerOrigin: 1, maximumWaiting: 2)
        let place = try origin("a")
        expect(queue.enqueue(1, origin: place), is: true)
        expect(queue.enqueue(2, origin: place), is: true)
        expect(queue.enqueue(3, origin: place), is: false)
        expect(queue.next(), is: 1)
        expect(queue.enqueue(3, origin: place), is: true)
    }

    @Test func `every request of many runs once`() throws {
        var queue = AdmissionQueue<Int>(maximumRunning: 7, maximumPerOrigin: 3, maximumWaiting: 5000)
        let origins = try (0..<5).map { try origin("h\($0)") }
        for number in 0..<4000 { expect(queue.enqueue(number, origin: origins[number % 5]), is: true) }
        var seen: Set<Int> = []
        var running: [Int] = []
        repeat {
            while let next = queue.next() {
                #expect(seen.insert(next).inserted)
                running.append(next)
            }
            #expect(queue.runningCount <= 7)
            if !running.isEmpty { queue.ended(origins[running.removeFirst() % 5]) }
        } while !running.isEmpty || queue.waitingCount > 0
        #expect(seen.count == 4000)
    }
}
