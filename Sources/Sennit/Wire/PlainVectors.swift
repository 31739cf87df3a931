// A vector is plain when its storage is: the compiler knows the storage's size only for each scalar.
extension SIMD2: PlainData where Scalar: PlainData, Scalar.SIMD2Storage: PlainData {}
extension SIMD3: PlainData where Scalar: PlainData, Scalar.SIMD4Storage: PlainData {}
extension SIMD4: PlainData where Scalar: PlainData, Scalar.SIMD4Storage: PlainData {}
extension SIMD8: PlainData where Scalar: PlainData, Scalar.SIMD8Storage: PlainData {}
extension SIMD16: PlainData where Scalar: PlainData, Scalar.SIMD16Storage: PlainData {}
extension SIMD32: PlainData where Scalar: PlainData, Scalar.SIMD32Storage: PlainData {}
extension SIMD64: PlainData where Scalar: PlainData, Scalar.SIMD64Storage: PlainData {}

extension Float.SIMD2Storage: PlainData {}
extension Float.SIMD4Storage: PlainData {}
extension Float.SIMD8Storage: PlainData {}
extension Float.SIMD16Storage: PlainData {}
extension Float.SIMD32Storage: PlainData {}
extension Float.SIMD64Storage: PlainData {}

extension Double.SIMD2Storage: PlainData {}
extension Double.SIMD4Storage: PlainData {}
extension Double.SIMD8Storage: PlainData {}
extension Double.SIMD16Storage: PlainData {}
extension Double.SIMD32Storage: PlainData {}
extension Double.SIMD64Storage: PlainData {}

extension Int8.SIMD2Storage: PlainData {}
extension Int8.SIMD4Storage: PlainData {}
extension Int8.SIMD8Storage: PlainData {}
extension Int8.SIMD16Storage: PlainData {}
extension Int8.SIMD32Storage: PlainData {}
extension Int8.SIMD64Storage: PlainData {}

extension Int16.SIMD2Storage: PlainData {}
extension Int16.SIMD4Storage: PlainData {}
extension Int16.SIMD8Storage: PlainData {}
extension Int16.SIMD16Storage: PlainData {}
extension Int16.SIMD32Storage: PlainData {}
extension Int16.SIMD64Storage: PlainData {}

extension Int32.SIMD2Storage: PlainData {}
extension Int32.SIMD4Storage: PlainData {}
extension Int32.SIMD8Storage: PlainData {}
extension Int32.SIMD16Storage: PlainData {}
extension Int32.SIMD32Storage: PlainData {}
extension Int32.SIMD64Storage: PlainData {}

extension Int64.SIMD2Storage: PlainData {}
extension Int64.SIMD4Storage: PlainData {}
extension Int64.SIMD8Storage: PlainData {}
extension Int64.SIMD16Storage: PlainData {}
extension Int64.SIMD32Storage: PlainData {}
extension Int64.SIMD64Storage: PlainData {}

extension Int.SIMD2Storage: PlainData {}
extension Int.SIMD4Storage: PlainData {}
extension Int.SIMD8Storage: PlainData {}
extension Int.SIMD16Storage: PlainData {}
extension Int.SIMD32Storage: PlainData {}
extension Int.SIMD64Storage: PlainData {}

extension UInt8.SIMD2Storage: PlainData {}
extension UInt8.SIMD4Storage: PlainData {}
extension UInt8.SIMD8Storage: PlainData {}
extension UInt8.SIMD16Storage: PlainData {}
extension UInt8.SIMD32Storage: PlainData {}
extension UInt8.SIMD64Storage: PlainData {}

extension UInt16.SIMD2Storage: PlainData {}
extension UInt16.SIMD4Storage: PlainData {}
extension UInt16.SIMD8Storage: PlainData {}
extension UInt16.SIMD16Storage: PlainData {}
extension UInt16.SIMD32Storage: PlainData {}
extension UInt16.SIMD64Storage: PlainData {}

extension UInt32.SIMD2Storage: PlainData {}
extension UInt32.SIMD4Storage: PlainData {}
extension UInt32.SIMD8Storage: PlainData {}
extension UInt32.SIMD16Storage: PlainData {}
extension UInt32.SIMD32Storage: PlainData {}
extension UInt32.SIMD64Storage: PlainData {}

extension UInt64.SIMD2Storage: PlainData {}
extension UInt64.SIMD4Storage: PlainData {}
extension UInt64.SIMD8Storage: PlainData {}
extension UInt64.SIMD16Storage: PlainData {}
extension UInt64.SIMD32Storage: PlainData {}
extension UInt64.SIMD64Storage: PlainData {}

extension UInt.SIMD2Storage: PlainData {}
extension UInt.SIMD4Storage: PlainData {}
extension UInt.SIMD8Storage: PlainData {}
extension UInt.SIMD16Storage: PlainData {}
extension UInt.SIMD32Storage: PlainData {}
extension UInt.SIMD64Storage: PlainData {}
