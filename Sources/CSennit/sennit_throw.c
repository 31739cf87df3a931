#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "sennit_throw.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

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

const char *sennit_symbol(uintptr_t address, uintptr_t *offset, const char **file) {
    Dl_info info;
    if (dladdr((void *)address, &info) == 0) {
        *file = 0;
        *offset = 0;
        return 0;
    }
    *file = info.dli_fname;
    *offset = address - (uintptr_t)info.dli_fbase;
    return info.dli_sname;
}

extern char *swift_demangle(const char *name, size_t length, char *output, size_t *size, uint32_t flags);

char *sennit_demangle(const char *symbol) { return swift_demangle(symbol, strlen(symbol), 0, 0, 0); }

void sennit_demangle_free(char *text) { free(text); }
