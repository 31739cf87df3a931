// Safety: the C functions return one more reference to the object that they are given. The caller has made this object
// as a container of the very type that is returned: a keyed container of the standard library is one reference to an
// object, and is returned into memory of the caller's, since other modules must not know its size. Swift code that
// returned it would look up the metadata of the generic type each time.

/// The container that the object is.
@unsafe
@_silgen_name("sennit_kept_encoding_container")
func keptEncodingContainer<Key: CodingKey>(
    _ object: UnsafeRawPointer, _ key: Key.Type
) -> KeyedEncodingContainer<Key>

/// The container that the object is.
@unsafe
@_silgen_name("sennit_kept_decoding_container")
func keptDecodingContainer<Key: CodingKey>(
    _ object: UnsafeRawPointer, _ key: Key.Type
) -> KeyedDecodingContainer<Key>
