#define _GNU_SOURCE
#include "sennit_thread.h"

#include <pthread.h>
#include <string.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

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
