import Synchronization

/// How values of a type cross the wire.
enum TypeShape: UInt {
    /// By their own `Codable` code.
    case codable = 1
    /// As their bytes.
    case plain
    /// As the bytes of their elements.
    case plainArray
    /// As strings one after the other.
    case strings
    /// As a mark, or the value.
    case optional

    /// The shape of a type: looked up once, remembered for the life of the process.
    @inline(__always)
    static func of<T>(_ type: T.Type) -> TypeShape {
        let address = UInt(bitPattern: ObjectIdentifier(type))
        let word = shapes.load(address)
        if word & ShapeCache.addressMask == address, let shape = TypeShape(rawValue: word >> 56) { return shape }
        return remember(type, address)
    }

    @inline(never)
    private static func remember<T>(_ type: T.Type, _ address: UInt) -> TypeShape {
        let shape = find(type)
        shapes.store(address, shape.rawValue << 56 | address)
        return shape
    }

    private static func find<T>(_ type: T.Type) -> TypeShape {
        // A truth value is checked when it is read: not every byte is one.
        if T.self == String.self || T.self == Bool.self { return .codable }
        if type is any PlainData.Type { return .plain }
        if let array = type as? any WireArray.Type { return array.elementShape }
        return type is any WireOptional.Type ? .optional : .codable
    }

    private static let shapes = ShapeCache()
}

/// A table from type to shape that loses an entry rather than wait for a lock.
// Safety: `words` leads to `size` words that are never freed, all set before anybody else sees the table; every index
// is taken modulo `size`.
// Sendable by hand: the pointer never changes and what it points to is atomic. One word holds address and shape, so a
// reader can never see half an entry.
@safe
private final class ShapeCache: @unchecked Sendable {
    private let words: UnsafeMutablePointer<Atomic<UInt>>
    static let addressMask: UInt = (1 << 56) - 1
    private static let size: UInt = 1024

    init() {
        unsafe words = .allocate(capacity: Int(Self.size))
        for index in 0..<Int(Self.size) { unsafe (words + index).initialize(to: Atomic(0)) }
    }

    @inline(__always)
    func load(_ address: UInt) -> UInt {
        // The index is below the table's size.
        unsafe words[Int(((address >> 4) ^ (address >> 14)) % Self.size)].load(ordering: .relaxed)
    }

    func store(_ address: UInt, _ word: UInt) {
        // The index is below the table's size.
        unsafe words[Int(((address >> 4) ^ (address >> 14)) % Self.size)].store(word, ordering: .relaxed)
    }
}
