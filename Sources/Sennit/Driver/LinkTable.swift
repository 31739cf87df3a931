internal import Synchronization

/// The links of a pool, for the threads that look through all of them often.
///
/// A reader keeps a copy and refreshes it only when the version has changed, which it sees without a lock.
final class LinkTable: Sendable {
    private let links = Mutex<[WorkerLink]>([])
    private let version = Atomic<UInt64>(0)

    func add(_ link: WorkerLink) {
        links.withLock { links in
            links.append(link)
            version.add(1, ordering: .releasing)
        }
    }

    func remove(_ link: WorkerLink) {
        links.withLock { links in
            links.removeAll { $0 === link }
            version.add(1, ordering: .releasing)
        }
    }

    /// One thread's copy of the links.
    struct View {
        fileprivate(set) var links: [WorkerLink] = []
        fileprivate var version = UInt64.max
    }

    /// Brings a copy up to date, if it is not.
    func refresh(_ view: inout View) {
        let current = version.load(ordering: .acquiring)
        guard current != view.version else { return }
        links.withLock { links in
            view.links = links
            view.version = version.load(ordering: .relaxed)
        }
    }

    var isEmpty: Bool { links.withLock { $0.isEmpty } }
}
