#ifndef SENNIT_THROW_H
#define SENNIT_THROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Where an error was thrown. The Swift runtime calls a hook at every `throw`; on threads that ask for it, the hook
// keeps the return addresses in a buffer of the thread. Nothing is allocated and no lock is taken.

enum { SENNIT_THROW_FRAMES = 32 };

/// Installs the hook, once for the process; a hook that is there already is called too.
void sennit_throw_install(void);

/// Starts or stops keeping throw sites on the calling thread, and forgets the one kept.
void sennit_throw_record(bool recording);

/// Copies the addresses of the thread's last throw, innermost first, and forgets them; returns how many.
size_t sennit_throw_take(uintptr_t *addresses, size_t capacity);

/// The linker's name of the function around the address, or null; `offset` is the address within its file.
const char *sennit_symbol(uintptr_t address, uintptr_t *offset, const char **file);

/// The name as it is written in Swift, or null; freed with `sennit_demangle_free`.
char *sennit_demangle(const char *symbol);
void sennit_demangle_free(char *text);

#endif
