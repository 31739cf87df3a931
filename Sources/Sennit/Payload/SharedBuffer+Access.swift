// Safety: the mapping starts on a page, is at least `byteCount` long (checked when the buffer was made or decoded) and
// lives as long as `self`; counts of elements are rounded down to what fits. Other threads and processes that have the
// buffer may use the same bytes: who may write when is the rule of hand-over that `SharedBuffer` gives its users.
extension SharedBuffer {
    /// Gives `body` the bytes to read.
    ///
    /// The pointer is valid during the call only.
    public func withUnsafeBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // The mapping is at least `byteCount` long and lives as long as `self`.
        try unsafe body(UnsafeRawBufferPointer(start: segment.baseAddress, count: byteCount))
    }

    /// Gives `body` the bytes to read and write.
    ///
    /// The pointer is valid during the call only. Every process and thread that has the buffer sees what is written,
    /// when it is written: only do so while it is your turn.
    public func withUnsafeMutableBytes<Value, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // The mapping is at least `byteCount` long and lives as long as `self`.
        try unsafe body(UnsafeMutableRawBufferPointer(start: segment.baseAddress, count: byteCount))
    }

    /// Gives `body` the contents as values of type `Element` to read.
    ///
    /// - Parameters:
    ///   - type: a type for which every pattern of bits is a value, such as an integer, a floating-point number or a
    ///     SIMD vector. Bytes at the end that make up no whole element are left out.
    ///   - body: runs once, and must not run while somebody writes to the buffer.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    public func withSpan<Element: BitwiseCopyable, Value, Failure: Error>(
        of type: Element.Type, _ body: (Span<Element>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // Mappings are aligned to pages; the count is rounded down to what fits.
        let elements = unsafe UnsafeMutableBufferPointer(
            start: segment.baseAddress.assumingMemoryBound(to: Element.self),
            count: byteCount / MemoryLayout<Element>.stride
        )
        return try unsafe body(elements.span)
    }

    /// Gives `body` the contents as values of type `Element` to read and write.
    ///
    /// - Parameters:
    ///   - type: as for ``withSpan(of:_:)``.
    ///   - body: runs once, and must not run while somebody else reads or writes what it touches.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    public func withMutableSpan<Element: BitwiseCopyable, Value, Failure: Error>(
        of type: Element.Type, _ body: (inout MutableSpan<Element>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // Mappings are aligned to pages; the count is rounded down to what fits.
        let elements = unsafe UnsafeMutableBufferPointer(
            start: segment.baseAddress.assumingMemoryBound(to: Element.self),
            count: byteCount / MemoryLayout<Element>.stride
        )
        var span = unsafe elements.mutableSpan
        return try body(&span)
    }

    /// A copy of the contents as values of type `Element`, for which ``withSpan(of:_:)`` says what it can be.
    public func array<Element: BitwiseCopyable>(of type: Element.Type) -> [Element] {
        // The pointer is used while `self` keeps the memory.
        unsafe withUnsafeBytes { bytes in
            let count = bytes.count / MemoryLayout<Element>.stride
            return unsafe [Element](unsafeUninitializedCapacity: count) { elements, initialized in
                unsafe UnsafeMutableRawBufferPointer(elements)
                    .copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: bytes[..<(count * MemoryLayout<Element>.stride)]))
                initialized = count
            }
        }
    }
}
