/// A container's state that can be used again for another container.
protocol KeptNode: AnyObject {
    /// Forgets the container, so that nothing leads from here to another node.
    func rest()
}

/// The nodes of one coder, one for each depth, each with the keyed container that was last made around it.
///
/// Making a node and a generic container takes several allocations and look-ups of metadata for each value; these are
/// taken again for the next value at the same depth. A node is free when nobody but this shelf leads to it: a
/// `Codable` type's own code may keep its containers, and what it keeps is never used again.
// Safety: `head` and `slots` lead to memory that is there from `init` to `free`; the first `head.made` slots hold a
// node. Each node has one counted reference from here, that of the slot, or that of the container in the slot, which
// leads to the node; so a count of one says that nobody else has it. One thread at a time uses the shelf.
@safe
struct KeptNodes<Node: KeptNode> {
    private struct Head {
        var made = 0
        /// Slots from here on are free.
        var used = 0
    }

    @unsafe
    private struct Slot {
        var node: Unmanaged<Node>
        var container: AnyObject?
        var key: ObjectIdentifier?
    }

    private let head: UnsafeMutablePointer<Head>
    private let slots: UnsafeMutablePointer<Slot>
    /// Deeper nodes are made for each value.
    private static var maximumDepth: Int { 8 }

    /// An empty shelf, which its owner must free.
    init() {
        unsafe head = .allocate(capacity: 1)
        unsafe head.initialize(to: Head())
        unsafe slots = .allocate(capacity: Self.maximumDepth)
    }

    /// Drops the nodes; the shelf must not be used any more.
    func free() {
        for place in 0..<(unsafe head.pointee.made) { drop(place) }
        unsafe slots.deallocate()
        unsafe head.deallocate()
    }

    /// The node for a value at that depth; nil when it is in use, or was not made yet.
    @inline(__always)
    func take(_ place: Int) -> Node? {
        guard unsafe place < head.pointee.made else { return nil }
        if unsafe place < head.pointee.used {
            guard settle(place) else { return nil }
        }
        unsafe head.pointee.used = max(head.pointee.used, place + 1)
        return unsafe slots[place].node.takeUnretainedValue()
    }

    /// Whether a node made for that depth can be kept.
    @inline(__always)
    func hasRoom(_ place: Int) -> Bool {
        unsafe place == head.pointee.made && place < Self.maximumDepth
    }

    /// Keeps a node that was made for the next depth, and is in use from now on.
    func add(_ node: Node) {
        let place = unsafe head.pointee.made
        unsafe (slots + place).initialize(to: Slot(node: .passRetained(node)))
        unsafe head.pointee = Head(made: place + 1, used: place + 1)
    }

    /// The container around the node at that place, if its keys are of this type.
    @inline(__always)
    func container<Key>(_ place: Int, _ key: Key.Type) -> UnsafeRawPointer? {
        guard unsafe slots[place].key == ObjectIdentifier(key), let container = unsafe slots[place].container else {
            return nil
        }
        return unsafe UnsafeRawPointer(Unmanaged.passUnretained(container).toOpaque())
    }

    /// Keeps a container that was made around the node at that place, unless one that it gave out is still in use.
    func keep<Container, Key>(_ container: Container, _ place: Int, _ key: Key.Type) {
        guard MemoryLayout<Container>.size == MemoryLayout<AnyObject>.size else { return }
        // The containers of the standard library are one reference to an object that leads to ours.
        let object = unsafe unsafeBitCast(container, to: AnyObject.self)
        if unsafe slots[place].container == nil {
            // The container has a reference to the node of its own.
            unsafe slots[place].node.release()
        } else if unsafe !isKnownUniquelyReferenced(&slots[place].container) {
            return
        }
        unsafe slots[place].container = object
        unsafe slots[place].key = ObjectIdentifier(key)
    }

    /// Ends a message: lets what somebody keeps go its own way.
    ///
    /// - Returns: Whether nobody keeps any of it, so that all can be used for another message.
    func settle() -> Bool {
        _ = settle(0)
        guard unsafe head.pointee.used > 0 else { return true }
        for place in 0..<(unsafe head.pointee.made) {
            // What somebody keeps lives on with its container.
            drop(place)
        }
        unsafe head.pointee = Head()
        return false
    }

    /// Frees the nodes from that place on that nobody has; the deepest first, since each leads to the one around it.
    ///
    /// - Returns: Whether the one at that place is free.
    private func settle(_ first: Int) -> Bool {
        var (place, used, isFree) = (unsafe head.pointee.used, first, true)
        while place > first {
            place -= 1
            isFree = self.isFree(place)
            if isFree {
                unsafe slots[place].node._withUnsafeGuaranteedRef { $0.rest() }
            } else {
                used = max(used, place + 1)
            }
        }
        unsafe head.pointee.used = used
        return isFree
    }

    private func isFree(_ place: Int) -> Bool {
        if unsafe slots[place].container != nil, unsafe !isKnownUniquelyReferenced(&slots[place].container) {
            return false
        }
        return unsafe withUnsafeMutablePointer(to: &slots[place].node) { node in
            // An unmanaged reference is the pointer to the object, as a reference is.
            unsafe node.withMemoryRebound(to: Node.self, capacity: 1) {
                unsafe isKnownUniquelyReferenced(&$0.pointee)
            }
        }
    }

    private func drop(_ place: Int) {
        // Without a container the reference to the node is the slot's own.
        if unsafe slots[place].container == nil { unsafe slots[place].node.release() }
        unsafe (slots + place).deinitialize(count: 1)
    }
}

/// Leads from every node of a core that is not on its shelf: while nobody else has it, there is no such node.
final class NodeTie {}
