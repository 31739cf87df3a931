#include "sennit_types.h"

// Exported by the Swift runtime.
extern const void *swift_getTypeContextDescriptor(const void *metadata);

#if defined(__APPLE__)
extern const int32_t sennit_types_start __asm("section$start$__TEXT$__swift5_types");
extern const int32_t sennit_types_stop __asm("section$end$__TEXT$__swift5_types");
#define TYPES_START (&sennit_types_start)
#define TYPES_STOP (&sennit_types_stop)
#else
// The linker makes both for a section with a C name; hidden, so that each image sees its own.
extern const int32_t __start_swift5_type_metadata[] __attribute__((weak, visibility("hidden")));
extern const int32_t __stop_swift5_type_metadata[] __attribute__((weak, visibility("hidden")));
#define TYPES_START __start_swift5_type_metadata
#define TYPES_STOP __stop_swift5_type_metadata
#endif

// A context descriptor starts with flags, then offsets relative to their own place: parent, name, access function,
// fields.
static const void *relative(const void *descriptor, size_t offset) {
    const char *place = (const char *)descriptor + offset;
    int32_t distance = *(const int32_t *)place;
    return distance == 0 ? 0 : place + distance;
}

const void *sennit_type_descriptor(const void *metadata) { return swift_getTypeContextDescriptor(metadata); }

uint32_t sennit_descriptor_kind(const void *descriptor) { return *(const uint32_t *)descriptor & 0x1F; }

bool sennit_descriptor_is_generic(const void *descriptor) { return (*(const uint32_t *)descriptor & 0x80) != 0; }

const char *sennit_descriptor_name(const void *descriptor) { return relative(descriptor, 8); }

size_t sennit_type_count(void) {
    if (TYPES_START == 0) return 0;
    return (size_t)(TYPES_STOP - TYPES_START);
}

const void *sennit_type_at(size_t index) {
    if (index >= sennit_type_count()) return 0;
    const int32_t *record = TYPES_START + index;
    // The two low bits say how the record refers to the descriptor: 0 directly, 1 through a pointer.
    int32_t reference = *record & 3;
    if (*record == 0 || reference > 1) return 0;
    const char *target = (const char *)record + (*record & ~3);
    return reference == 0 ? (const void *)target : *(const void *const *)target;
}

struct metadata_response {
    const void *metadata;
    size_t state;
};

typedef __attribute__((swiftcall)) struct metadata_response (*metadata_access)(size_t request);

const void *sennit_type_metadata(const void *descriptor) {
    uint32_t kind = sennit_descriptor_kind(descriptor);
    if (kind < 16 || kind > 18 || sennit_descriptor_is_generic(descriptor)) return 0;
    metadata_access access = (metadata_access)relative(descriptor, 12);
    // Request 0: complete metadata, waiting for it if need be.
    return access == 0 ? 0 : access(0).metadata;
}
