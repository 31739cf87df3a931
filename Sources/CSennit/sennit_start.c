// Diverts a started worker before the program's own `main` runs.
//
// A constructor that never returns would do it too, but then the rest of the program's start-up never happens and
// `dispatchMain` misbehaves. Instead this file provides `__libc_start_main`, which the C start-up code calls with the
// address of `main`, and hands the real one another `main` when the environment asks for a worker.

#define _GNU_SOURCE
#include "sennit_start.h"
#include "sennit_process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool diversion_is_active = false;
static char *title_start = NULL;
static size_t title_room = 0;

bool sennit_diversion_available(void) { return diversion_is_active; }

static int parse_mode(const char *value) {
    static const struct {
        const char *name;
        int mode;
    } modes[] = {
        {"worker", sennit_mode_worker},
        {"zygote", sennit_mode_zygote},
        {"fixture", sennit_mode_fixture},
        {"guardian", sennit_mode_guardian},
    };
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        size_t length = strlen(modes[i].name);
        if (strncmp(value, modes[i].name, length) == 0 && value[length] == ':') {
            char *end = NULL;
            long protocol = strtol(value + length + 1, &end, 10);
            if (*end == '\0' && protocol == SENNIT_PROTOCOL) return modes[i].mode;
        }
    }
    return sennit_mode_none;
}

int sennit_run_mode(int mode) {
    switch (mode) {
    case sennit_mode_zygote:
        sennit_boot_install("sennit-zygote");
        return sennit_zygote_main();
    case sennit_mode_fixture:
        sennit_boot_install("sennit-fixture");
        return sennit_fixture_main();
    case sennit_mode_guardian:
        sennit_boot_outlive("sennit-guardian");
        return sennit_guardian_main();
    default:
        sennit_boot_install("sennit-worker");
        return sennit_worker_main();
    }
}

// Swift's runtime has read its variable by now; what a task starts is to find the one of the pool's process.
static void restore_backtrace_variable(void) {
    const char *own = getenv(SENNIT_BACKTRACE_VARIABLE);
    if (own == NULL) return;
    if (own[0] == '=') setenv("SWIFT_BACKTRACE", own + 1, 1);
    else unsetenv("SWIFT_BACKTRACE");
    unsetenv(SENNIT_BACKTRACE_VARIABLE);
}

// Takes over a process whose environment names a mode. Never returns to the program.
static int run_diverted(const char *value) {
    char copy[64];
    snprintf(copy, sizeof copy, "%s", value);
    // At once, so that what a task starts is not diverted in its turn.
    unsetenv(SENNIT_WORKER_VARIABLE);
    restore_backtrace_variable();
    int mode = parse_mode(copy);
    if (mode == sennit_mode_none) {
        fprintf(stderr, "sennit: %s=%s is not a mode of protocol %d; the variable is set by Sennit itself, unset it\n",
                SENNIT_WORKER_VARIABLE, copy, SENNIT_PROTOCOL);
        return SENNIT_EXIT_USAGE;
    }
    struct stat status;
    if (fstat(SENNIT_CONTROL_DESCRIPTOR, &status) != 0 || !S_ISSOCK(status.st_mode)) {
        fprintf(stderr,
                "sennit: %s=%s, but descriptor %d is not a socket; the variable is set by Sennit itself, unset it\n",
                SENNIT_WORKER_VARIABLE, copy, SENNIT_CONTROL_DESCRIPTOR);
        return SENNIT_EXIT_USAGE;
    }
    return sennit_run_mode(mode);
}

void sennit_run_worker_if_needed(void) {
    const char *value = getenv(SENNIT_WORKER_VARIABLE);
    if (value != NULL) exit(run_diverted(value));
}

void sennit_set_title(const char *title) {
    if (title_start == NULL || title_room == 0) return;
    size_t length = strlen(title);
    if (length >= title_room) length = title_room - 1;
    memcpy(title_start, title, length);
    memset(title_start + length, 0, title_room - length);
}

#if defined(__GLIBC__)
#include <dlfcn.h>

typedef int (*main_function)(int, char **, char **);
typedef int (*start_function)(main_function, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

static int diverted_main(int argc, char **argv, char **environment) {
    (void)environment;
    if (argc > 0) {
        // The arguments lie one after another; the room of all of them is the title's.
        title_start = argv[0];
        title_room = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) + 1 - argv[0]);
    }
    const char *value = getenv(SENNIT_WORKER_VARIABLE);
    return value == NULL ? SENNIT_EXIT_USAGE : run_diverted(value);
}

// Runs before the C library is set up: looks at the environment block itself instead of calling getenv.
static bool asks_for_diversion(int argc, char **argv) {
    size_t length = strlen(SENNIT_WORKER_VARIABLE);
    for (char **entry = argv + argc + 1; *entry != NULL; entry++) {
        if (strncmp(*entry, SENNIT_WORKER_VARIABLE, length) == 0 && (*entry)[length] == '=') return true;
    }
    return false;
}

int __libc_start_main(main_function main, int argc, char **argv, void (*init)(void), void (*fini)(void),
                      void (*rtld_fini)(void), void *stack_end);

// Weak: in a fully static executable the C library's own definition wins, the program starts as ever, and
// sennit_diversion_available() stays false.
__attribute__((weak)) int __libc_start_main(main_function main, int argc, char **argv, void (*init)(void),
                                            void (*fini)(void), void (*rtld_fini)(void), void *stack_end) {
    start_function real = (start_function)dlsym(RTLD_NEXT, "__libc_start_main");
    if (real == NULL) {
        static const char message[] = "sennit: the C library's __libc_start_main is not to be found\n";
        ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
        (void)written;
        _exit(SENNIT_EXIT_USAGE);
    }
    diversion_is_active = true;
    return real(asks_for_diversion(argc, argv) ? diverted_main : main, argc, argv, init, fini, rtld_fini, stack_end);
}
#endif
