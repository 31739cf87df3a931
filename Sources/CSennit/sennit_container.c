#include "sennit_container.h"

// Exported by the Swift runtime.
extern void *swift_retain(void *object);

// Two names for one thing: the Swift compiler knows one type for each.
__attribute__((swiftcall)) void sennit_kept_encoding_container(
    __attribute__((swift_indirect_result)) const void **result, const void *object) {
    *result = swift_retain((void *)object);
}

__attribute__((swiftcall)) void sennit_kept_decoding_container(
    __attribute__((swift_indirect_result)) const void **result, const void *object) {
    *result = swift_retain((void *)object);
}
