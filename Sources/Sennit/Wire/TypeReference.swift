/// Names a type so that another process of the same executable finds it.
package enum TypeReference: Hashable, Sendable {
    /// By its mangled name, for every type that the runtime can look up.
    case mangled(String)
    /// By its place in the executable's table of types, for private types and types declared in functions; the
    /// declared name is carried to check the place.
    case indexed(Int, name: String)

    /// The most bytes that a reference takes.
    package static let maximumLength = 16 * 1024

    /// Names `type`; fails with `WireError.Code.unsupported` when no other process could find it.
    ///
    /// Costs a look-up by name, about ten microseconds; callers keep the result.
    package init(_ type: Any.Type) throws {
        if let name = _mangledTypeName(type), name.utf8.count < Self.maximumLength - 16, Self.isLookedUp(name),
            let found = _typeByName(name), found == type
        {
            self = .mangled(name)
            return
        }
        guard let descriptor = TypeDescriptor(type), !descriptor.isGeneric, let index = descriptor.index,
            let found = descriptor.type, found == type
        else { throw Self.unnameable(type) }
        self = .indexed(index, name: descriptor.name)
    }

    /// The type; fails with `WireError.Code.invalidValue` when there is none of that name.
    package func resolve() throws -> Any.Type {
        switch self {
        case .mangled(let name):
            if Self.isLookedUp(name), let type = _typeByName(name) { return type }
            throw WireError(.invalidValue, "there is no type with the mangled name \(name.debugDescription)")
        case .indexed(let index, let name):
            if let descriptor = TypeDescriptor(index: index), descriptor.name == name, let type = descriptor.type {
                return type
            }
            throw WireError(.invalidValue, "there is no type number \(index) named \(name.debugDescription)")
        }
    }

    /// Appends the reference: a kind, a length, the name.
    package func encode(into writer: inout ByteWriter) {
        let name: String
        switch self {
        case .mangled(let text):
            writer.append(1)
            name = text
        case .indexed(let index, let text):
            writer.append(2)
            writer.append(varint: UInt64(index))
            name = text
        }
        let bytes = Array(name.utf8)
        writer.append(varint: UInt64(bytes.count))
        writer.append(bytes)
    }

    /// Reads a reference; does not look the type up.
    package init(from reader: inout ByteReader) throws {
        let kind = try reader.byte()
        guard kind == 1 || kind == 2 else {
            throw WireError(.invalidValue, "a type is named in an unknown way", offset: reader.offset - 1)
        }
        let index = kind == 2 ? Int(exactly: try reader.varint()) : 0
        let length = try reader.length()
        guard let index, length <= Self.maximumLength else {
            throw WireError(.invalidValue, "a type's name is too long", offset: reader.offset)
        }
        let name = try reader.string(length)
        self = kind == 1 ? .mangled(name) : .indexed(index, name: name)
    }

    // A byte below 0x20 in a mangled name is followed by a distance in memory; the runtime would follow it.
    private static func isLookedUp(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func unnameable(_ type: Any.Type) -> WireError {
        WireError(
            .unsupported,
            "the type \(String(reflecting: type)) cannot be named in another process: it, or a type it is made of, is "
                + "private and generic, declared in a function, or in a library of its own; make it internal or public")
    }
}
