#ifndef SENNIT_TYPES_H
#define SENNIT_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Swift types without a name that another process could look up, found by their place in the executable's own table
// of types. Two processes of one executable have the same table.

/// The descriptor of a nominal type's metadata, or null for tuples, functions and the like.
const void *sennit_type_descriptor(const void *metadata);

/// The kind of a descriptor: 16 class, 17 struct, 18 enumeration.
uint32_t sennit_descriptor_kind(const void *descriptor);

/// Whether the type, or what it is declared in, has generic parameters.
bool sennit_descriptor_is_generic(const void *descriptor);

/// The type's own name, without what it is declared in; lives as long as the process.
const char *sennit_descriptor_name(const void *descriptor);

/// How many types the table of the executable that holds this code has.
size_t sennit_type_count(void);

/// The descriptor at an index of the table; null when there is none.
const void *sennit_type_at(size_t index);

/// The metadata of a class, struct or enumeration without generic parameters; null for other descriptors.
const void *sennit_type_metadata(const void *descriptor);

#endif
