/// What the elements of an array of plain data are, as far as an unkeyed container must read them one by one.
enum ElementKind: UInt8 {
    case opaque, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float, double, bool

    /// The kind of a type; everything but numbers and truth values is opaque.
    @inline(__always)
    init<T>(_ type: T.Type) {
        if T.self == UInt8.self {
            self = .uint8
        } else if T.self == Int.self || T.self == Int64.self {
            self = .int64
        } else if T.self == Double.self {
            self = .double
        } else if T.self == Float.self {
            self = .float
        } else if T.self == Int32.self {
            self = .int32
        } else if T.self == UInt64.self || T.self == UInt.self {
            self = .uint64
        } else if T.self == UInt32.self {
            self = .uint32
        } else if T.self == Bool.self {
            self = .bool
        } else if T.self == Int8.self {
            self = .int8
        } else if T.self == Int16.self {
            self = .int16
        } else if T.self == UInt16.self {
            self = .uint16
        } else {
            self = .opaque
        }
    }
}

/// A number or truth value read from the wire, before it is converted to the type asked for.
enum WireScalar {
    case signed(Int64)
    case unsigned(UInt64)
    case float(Float)
    case double(Double)
    case bool(Bool)

    /// Reads one element of an array of plain data; nil for an opaque one or an invalid truth value.
    init?(_ kind: ElementKind, _ reader: inout ByteReader) throws {
        switch kind {
        case .opaque: return nil
        case .int8: self = .signed(Int64(try reader.fixed(Int8.self)))
        case .int16: self = .signed(Int64(try reader.fixed(Int16.self)))
        case .int32: self = .signed(Int64(try reader.fixed(Int32.self)))
        case .int64: self = .signed(try reader.fixed(Int64.self))
        case .uint8: self = .unsigned(UInt64(try reader.byte()))
        case .uint16: self = .unsigned(UInt64(try reader.fixed(UInt16.self)))
        case .uint32: self = .unsigned(UInt64(try reader.fixed(UInt32.self)))
        case .uint64: self = .unsigned(try reader.fixed(UInt64.self))
        case .float: self = .float(Float(bitPattern: try reader.fixed(UInt32.self)))
        case .double: self = .double(Double(bitPattern: try reader.fixed(UInt64.self)))
        case .bool:
            let byte = try reader.byte()
            guard byte <= 1 else { return nil }
            self = .bool(byte == 1)
        }
    }

    /// The integer, if the number is one of that type.
    @inline(__always)
    func integer<T: FixedWidthInteger>(_ type: T.Type) -> T? {
        switch self {
        case .signed(let value): T(exactly: value)
        case .unsigned(let value): T(exactly: value)
        case .float(let value): T(exactly: value)
        case .double(let value): T(exactly: value)
        case .bool: nil
        }
    }

    /// The number as a `Double`, if nothing is lost.
    var asDouble: Double? {
        switch self {
        case .signed(let value): Double(exactly: value)
        case .unsigned(let value): Double(exactly: value)
        case .float(let value): Double(value)
        case .double(let value): value
        case .bool: nil
        }
    }

    /// The number as a `Float`, rounded if it was written with more digits.
    var asFloat: Float? {
        switch self {
        case .signed(let value): Float(exactly: value)
        case .unsigned(let value): Float(exactly: value)
        case .float(let value): value
        case .double(let value): Float(value)
        case .bool: nil
        }
    }
}
