// Tells a process from a copy of it that fork has made, at the cost of one load.

#define _GNU_SOURCE
#include "sennit_process.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

// In a page that a copy of this process finds wiped, whichever call has made the copy.
static _Atomic(int32_t) *mark = NULL;
static atomic_int making = 0;

static void make_mark(void) {
    void *page = MAP_FAILED;
#if defined(MADV_WIPEONFORK)
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED && madvise(page, size, MADV_WIPEONFORK) != 0) {
        munmap(page, size);
        page = MAP_FAILED;
    }
#endif
    if (page != MAP_FAILED) mark = page;
}

void sennit_mark_process(void) {
    // Once: a copy marks the page that it has from its parent anew.
    int expected = 0;
    if (mark == NULL && atomic_compare_exchange_strong(&making, &expected, 1)) make_mark();
    if (mark != NULL) atomic_store_explicit(mark, getpid(), memory_order_relaxed);
}

bool sennit_is_process(pid_t pid) {
    if (mark != NULL && atomic_load_explicit(mark, memory_order_relaxed) == pid) return true;
    return getpid() == pid;
}
