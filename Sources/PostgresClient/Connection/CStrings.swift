#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Safety: the value owns the array and every string in it from `init` to `deinit` and cannot be copied, so nothing is
// freed twice. Whoever uses `pointer` writes `unsafe` and keeps the value alive meanwhile.
/// Copies of C strings in an array that ends with a null pointer; a nil among them is a null pointer.
@safe
struct CStrings: ~Copyable {
    let pointer: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let count: Int

    init(_ strings: [String?]) {
        count = strings.count
        unsafe pointer = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() {
            let copy = unsafe string.flatMap { unsafe strdup($0) }
            unsafe (pointer + index).initialize(to: copy.map { unsafe UnsafePointer($0) })
        }
        unsafe (pointer + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { unsafe free(UnsafeMutablePointer(mutating: pointer[index])) }
        unsafe pointer.deallocate()
    }
}
