#ifndef SENNIT_CONTAINER_H
#define SENNIT_CONTAINER_H

// Return an object, with one more reference to it, as a Swift function returns a struct of another module whose one
// field it is: into memory of the caller's. Swift code calls them by their names only (Wire/KeptContainer.swift).

__attribute__((swiftcall)) void sennit_kept_encoding_container(
    __attribute__((swift_indirect_result)) const void **result, const void *object);

__attribute__((swiftcall)) void sennit_kept_decoding_container(
    __attribute__((swift_indirect_result)) const void **result, const void *object);

#endif
