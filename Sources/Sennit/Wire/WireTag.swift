/// The first byte of every value on the wire.
///
/// Bytes from 0x80 up are the integers 0...127 themselves. Lengths are bytes; `u32` fields are fixed, so that a
/// container's size can be filled in when it is complete.
///
/// | tag | what follows |
/// |---|---|
/// | message | u32 body length, the body's value, the table of keys |
/// | keyed | u32 length, then (varint key number, value) pairs |
/// | unkeyed | u32 length, u32 element count, values and runs |
/// | array, run | element kind, varint stride, varint length, bytes; a run is elements of an unkeyed container |
/// | string, plain | varint length, bytes |
/// | some | the value of the inner optional, present but itself optional |
/// | wrapped | the value that a super encoder was given |
enum WireTag {
    static let empty: UInt8 = 1
    static let null: UInt8 = 2
    static let `false`: UInt8 = 3
    static let `true`: UInt8 = 4
    static let int8: UInt8 = 5
    static let int16: UInt8 = 6
    static let int32: UInt8 = 7
    static let int64: UInt8 = 8
    static let uint64: UInt8 = 9
    static let float: UInt8 = 10
    static let double: UInt8 = 11
    static let string: UInt8 = 12
    static let plain: UInt8 = 13
    static let array: UInt8 = 14
    static let run: UInt8 = 15
    static let keyed: UInt8 = 16
    /// Keyed, and a key may have been written more than once: the last one counts.
    static let keyedRepeating: UInt8 = 17
    static let unkeyed: UInt8 = 18
    static let some: UInt8 = 19
    static let wrapped: UInt8 = 20
    static let message: UInt8 = 21
    static let smallInteger: UInt8 = 0x80

    /// How deep values may be nested in each other.
    static let maximumDepth = 512
}

/// A key or an index on the way to a value.
struct WireKey: CodingKey {
    var stringValue: String
    var intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init(intValue: Int) {
        stringValue = "Index \(intValue)"
        self.intValue = intValue
    }

    init(_ stringValue: String, _ intValue: Int?) {
        self.stringValue = stringValue
        self.intValue = intValue
    }

    static let `super` = WireKey(stringValue: "super")
}
