#define _GNU_SOURCE
#include "sennit_thread.h"

#include <pthread.h>
#include <string.h>

#ifdef __linux__
#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif
#include <unistd.h>

int sennit_clone3_refusal(void) {
#if defined(__linux__) && defined(SYS_clone3)
    // Without arguments it is refused by the kernel itself, as invalid, where it would be allowed.
    if (syscall(SYS_clone3, NULL, 0) == -1 && errno != EINVAL && errno != ENOSYS) return errno;
#endif
    return 0;
}

int sennit_processor_count(void) {
#ifdef __linux__
    // The kernel refuses a mask that is shorter than its own.
    for (int processors = 1024; processors <= 1 << 20; processors *= 4) {
        cpu_set_t *mask = CPU_ALLOC((size_t)processors);
        if (mask == NULL) break;
        size_t size = CPU_ALLOC_SIZE((size_t)processors);
        int result = sched_getaffinity(0, size, mask), failure = errno;
        int count = result == 0 ? CPU_COUNT_S(size, mask) : 0;
        CPU_FREE(mask);
        if (count > 0) return count;
        if (result == 0 || failure != EINVAL) break;
    }
#endif
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

void sennit_name_thread(const char *name) {
    char cut[16] = {0};
    strncpy(cut, name, sizeof cut - 1);
#ifdef __APPLE__
    pthread_setname_np(cut);
#else
    pthread_setname_np(pthread_self(), cut);
#endif
}

void sennit_sharpen_timers(void) {
#ifdef __linux__
    prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL);
#endif
}
