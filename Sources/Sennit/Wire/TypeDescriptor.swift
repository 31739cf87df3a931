import CSennit

/// What the runtime records about a nominal type: a class, struct or enumeration.
// Safety: a descriptor comes from the runtime, for a type that exists, or from the executable's own table at an index
// that the C code checks; a number from a peer is only ever such an index. It lies in read-only data of a loaded image,
// which stays loaded and which nobody writes.
@safe
struct TypeDescriptor {
    enum Kind: UInt32 {
        case `class` = 16
        case structure = 17
        case enumeration = 18
    }

    private let pointer: UnsafeRawPointer
    let kind: Kind

    /// The descriptor of a type; nil for tuples, functions and other types without a declaration.
    init?(_ type: Any.Type) {
        // A metatype is a pointer to the type's metadata.
        let metadata = unsafe unsafeBitCast(type, to: UnsafeRawPointer.self)
        unsafe self.init(sennit_type_descriptor(metadata))
    }

    /// The descriptor at an index of the executable's table of types.
    init?(index: Int) {
        guard index >= 0 else { return nil }
        // Any index is allowed: those out of range give null.
        unsafe self.init(sennit_type_at(index))
    }

    private init?(_ pointer: UnsafeRawPointer?) {
        guard let pointer = unsafe pointer, let kind = Kind(rawValue: unsafe sennit_descriptor_kind(pointer)) else {
            return nil
        }
        unsafe self.pointer = pointer
        self.kind = kind
    }

    /// The place in the executable's table of types; nil for types of other libraries.
    ///
    /// Costs one look at each type of the executable, some microseconds per thousand.
    var index: Int? {
        (0..<sennit_type_count()).first { unsafe sennit_type_at($0) == pointer }
    }

    var isGeneric: Bool { unsafe sennit_descriptor_is_generic(pointer) }

    /// The declared name, without what it is declared in.
    var name: String {
        guard let name = unsafe sennit_descriptor_name(pointer) else { return "" }
        // The name is a C string in the executable's read-only data.
        return unsafe String(cString: name)
    }

    /// The type itself; nil when it needs generic arguments.
    var type: (Any.Type)? {
        guard let metadata = unsafe sennit_type_metadata(pointer) else { return nil }
        // A metatype is a pointer to the type's metadata.
        return unsafe unsafeBitCast(metadata, to: (Any.Type).self)
    }
}
