import CSennit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Copies of C strings in an array that ends with a null pointer, as exec wants them.
// Safety: the value owns the array and every string in it from `init` to `deinit`; it cannot be copied, so nothing is
// freed twice, and `count` bounds every index. Whoever uses `pointer` writes `unsafe` and keeps the value alive
// meanwhile. The inherited environment is the C library's: it is read up to its null pointer, and no thread may call
// setenv at that moment, as with every reader of the environment.
@safe package struct CStringArray: ~Copyable {
    /// The array, for as long as this value lives.
    package let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    /// Copies strings.
    package init(_ strings: [String]) {
        unsafe self.init(copies: strings.map { unsafe strdup($0) })
    }

    /// This process's environment with changes: a value sets a variable, nil removes it.
    ///
    /// What is inherited need not be UTF-8.
    init(inheritingWith changes: [String: String?]) {
        let names = changes.keys.map { Array("\($0)=".utf8CString.dropLast()) }
        var copies: [UnsafeMutablePointer<CChar>?] = unsafe []
        if var entry = unsafe sennit_environment() {
            while let string = unsafe entry.pointee {
                let isChanged = names.contains { name in unsafe strncmp(string, name, name.count) == 0 }
                if !isChanged { unsafe copies.append(strdup(string)) }
                unsafe entry += 1
            }
        }
        for case (let name, let value?) in changes { unsafe copies.append(strdup("\(name)=\(value)")) }
        unsafe self.init(copies: copies)
    }

    private init(copies: [UnsafeMutablePointer<CChar>?]) {
        count = unsafe copies.count
        unsafe pointer = .allocate(capacity: count + 1)
        for index in 0..<count { unsafe (pointer + index).initialize(to: copies[index]) }
        unsafe (pointer + count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { unsafe free(pointer[index]) }
        unsafe pointer.deallocate()
    }
}
