#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "sennit_throw.h"

#include <dlfcn.h>
#if defined(__ELF__)
#include <elf.h>
#endif
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// Exported by the Swift runtime: called for `throw` of any error, and of an error of a declared type.
typedef void (*throw_hook)(void *error);
typedef void (*typed_throw_hook)(void *value, const void *type, const void *conformance);
extern _Atomic(throw_hook) _swift_willThrow __attribute__((weak));
extern _Atomic(typed_throw_hook) _swift_willThrowTypedImpl __attribute__((weak));

static _Atomic(throw_hook) next_hook;
static _Atomic(typed_throw_hook) next_typed_hook;

static _Thread_local struct {
    bool recording;
    uintptr_t stack_top;
    size_t count;
    uintptr_t addresses[SENNIT_THROW_FRAMES];
} site;

// Swift code keeps frame pointers. A frame pointer is only followed inside this thread's stack, upwards and aligned,
// so code without them ends the walk or adds a wrong address, but is never a bad read.
static __attribute__((noinline)) void keep_site(const void *start) {
    uintptr_t frame = (uintptr_t)start;
    size_t count = 0;
    while (count < SENNIT_THROW_FRAMES && frame % sizeof(uintptr_t) == 0 &&
           frame + 2 * sizeof(uintptr_t) <= site.stack_top) {
        uintptr_t address = ((const uintptr_t *)frame)[1];
        if (address < 4096) break;
        site.addresses[count++] = address;
        // Asynchronous functions mark their frames in bit 60.
        uintptr_t outer = ((const uintptr_t *)frame)[0] & ~((uintptr_t)1 << 60);
        if (outer <= frame) break;
        frame = outer;
    }
    site.count = count;
}

static void on_throw(void *error) {
    if (site.recording) keep_site(__builtin_frame_address(0));
    throw_hook next = atomic_load_explicit(&next_hook, memory_order_acquire);
    if (next) next(error);
}

static void on_typed_throw(void *value, const void *type, const void *conformance) {
    if (site.recording) keep_site(__builtin_frame_address(0));
    typed_throw_hook next = atomic_load_explicit(&next_typed_hook, memory_order_acquire);
    if (next) next(value, type, conformance);
}

static void install(void) {
    if (&_swift_willThrow) {
        atomic_store(&next_hook, atomic_load(&_swift_willThrow));
        atomic_store(&_swift_willThrow, on_throw);
    }
    if (&_swift_willThrowTypedImpl) {
        atomic_store(&next_typed_hook, atomic_load(&_swift_willThrowTypedImpl));
        atomic_store(&_swift_willThrowTypedImpl, on_typed_throw);
    }
}

void sennit_throw_install(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
}

static uintptr_t stack_top(void) {
#if defined(__APPLE__)
    return (uintptr_t)pthread_get_stackaddr_np(pthread_self());
#else
    pthread_attr_t attributes;
    void *base = 0;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
    if (pthread_attr_getstack(&attributes, &base, &size) != 0) size = 0;
    pthread_attr_destroy(&attributes);
    return size == 0 ? 0 : (uintptr_t)base + size;
#endif
}

void sennit_throw_record(bool recording) {
    if (recording && site.stack_top == 0) site.stack_top = stack_top();
    site.count = 0;
    site.recording = recording && site.stack_top != 0;
}

size_t sennit_throw_take(uintptr_t *addresses, size_t capacity) {
    size_t count = site.count < capacity ? site.count : capacity;
    for (size_t index = 0; index < count; index++) addresses[index] = site.addresses[index];
    site.count = 0;
    return count;
}

#if defined(__ELF__) && UINTPTR_MAX == UINT64_MAX
// The loader only knows the symbols that an executable exports; all of them are in the file. It is mapped once, read
// only, and stays mapped: the pages are the file's own and cost memory only while they are looked at.
static struct {
    const unsigned char *bytes;
    size_t size;
    uintptr_t base;
    const Elf64_Sym *symbols;
    size_t symbol_count;
    const char *names;
    size_t names_size;
} own_file;

static bool within(uint64_t offset, uint64_t size) {
    return offset <= own_file.size && size <= own_file.size - offset;
}

static void find_symbols(void) {
    const Elf64_Ehdr *header = (const void *)own_file.bytes;
    if (own_file.size < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return;
    if (header->e_shoff % 8 != 0 || !within(header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr))) return;
    const Elf64_Shdr *sections = (const void *)(own_file.bytes + header->e_shoff);
    for (size_t index = 0; index < header->e_shnum; index++) {
        const Elf64_Shdr *table = &sections[index];
        if (table->sh_type != SHT_SYMTAB || table->sh_link >= header->e_shnum) continue;
        const Elf64_Shdr *names = &sections[table->sh_link];
        if (table->sh_offset % 8 != 0 || !within(table->sh_offset, table->sh_size)) continue;
        if (names->sh_size == 0 || !within(names->sh_offset, names->sh_size)) continue;
        own_file.names = (const char *)own_file.bytes + names->sh_offset;
        own_file.names_size = names->sh_size;
        if (own_file.names[names->sh_size - 1] != 0) continue;
        own_file.symbols = (const void *)(own_file.bytes + table->sh_offset);
        own_file.symbol_count = table->sh_size / sizeof(Elf64_Sym);
        own_file.base = header->e_type == ET_EXEC ? 0 : own_file.base;
        return;
    }
}

static void map_own_file(void) {
    Dl_info info;
    struct stat status;
    if (dladdr((void *)map_own_file, &info) == 0) return;
    own_file.base = (uintptr_t)info.dli_fbase;
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    if (fstat(file, &status) == 0 && status.st_size > 0) {
        void *bytes = mmap(0, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
        if (bytes != MAP_FAILED) {
            own_file.bytes = bytes;
            own_file.size = (size_t)status.st_size;
            find_symbols();
        }
    }
    close(file);
}

static const char *own_symbol(uintptr_t address, uintptr_t base) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, map_own_file);
    if (own_file.base != 0 && own_file.base != base) return 0;
    for (size_t index = 0; index < own_file.symbol_count; index++) {
        const Elf64_Sym *symbol = &own_file.symbols[index];
        if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_name >= own_file.names_size) continue;
        if (address - own_file.base - symbol->st_value < symbol->st_size) return own_file.names + symbol->st_name;
    }
    return 0;
}
#else
static const char *own_symbol(uintptr_t address, uintptr_t base) {
    (void)address;
    (void)base;
    return 0;
}
#endif

const char *sennit_symbol(uintptr_t address, uintptr_t *offset, const char **file) {
    Dl_info info;
    if (dladdr((void *)address, &info) == 0) {
        *file = 0;
        *offset = 0;
        return 0;
    }
    *file = info.dli_fname;
    *offset = address - (uintptr_t)info.dli_fbase;
    return info.dli_sname ? info.dli_sname : own_symbol(address, (uintptr_t)info.dli_fbase);
}

extern char *swift_demangle(const char *name, size_t length, char *output, size_t *size, uint32_t flags);

char *sennit_demangle(const char *symbol) { return swift_demangle(symbol, strlen(symbol), 0, 0, 0); }

void sennit_demangle_free(char *text) { free(text); }
