/// A type whose bytes are its value.
///
/// Opting in says: a copy of the bytes, made in another process of the same executable, is the same value. The type
/// holds no pointer and no reference, and its padding means nothing. Values and arrays of such types cross between
/// processes as bytes, without a call per element. The bytes are not checked on arrival, so a type should only opt in
/// if its own processes are trusted to write them; `Codable` is still what describes it to every other format.
///
/// A value that was encoded whole must be decoded whole, as the same type.
public protocol PlainData: BitwiseCopyable, Sendable {}

extension Int: PlainData {}
extension Int8: PlainData {}
extension Int16: PlainData {}
extension Int32: PlainData {}
extension Int64: PlainData {}
extension Int128: PlainData {}
extension UInt: PlainData {}
extension UInt8: PlainData {}
extension UInt16: PlainData {}
extension UInt32: PlainData {}
extension UInt64: PlainData {}
extension UInt128: PlainData {}
extension Float: PlainData {}
extension Double: PlainData {}
extension Bool: PlainData {}
