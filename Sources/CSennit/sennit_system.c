// Futexes, memory files, files.

#define _GNU_SOURCE
#include "sennit_system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/futex.h>
#include <linux/magic.h>
#include <sys/eventfd.h>
#include <sys/fsuid.h>
#include <sys/vfs.h>

int sennit_futex_wait(uint32_t *word, uint32_t expected, uint64_t timeout_nanoseconds, bool is_shared) {
    struct timespec timeout = {(time_t)(timeout_nanoseconds / 1000000000u), (long)(timeout_nanoseconds % 1000000000u)};
    int operation = is_shared ? FUTEX_WAIT : FUTEX_WAIT_PRIVATE;
    const struct timespec *limit = timeout_nanoseconds == UINT64_MAX ? NULL : &timeout;
    long result = syscall(SYS_futex, word, operation, expected, limit, NULL, 0);
    return result == 0 ? 0 : errno;
}

int sennit_futex_wake(uint32_t *word, int count, bool is_shared) {
    long woken = syscall(SYS_futex, word, is_shared ? FUTEX_WAKE : FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
    return woken < 0 ? 0 : (int)woken;
}

bool sennit_is_in_memory(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 && (status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC);
}

int sennit_act_on_files_as(uint32_t user, uint32_t group) {
    // The calls return the value before them whether they succeed or not: asking again tells.
    setfsgid(group);
    setfsuid(user);
    return setfsgid(group) == (int)group && setfsuid(user) == (int)user ? 0 : EPERM;
}

// Whether the machine has `size` bytes to give. The kernel does not ask that itself: fallocate on a memory file takes
// page after page until somebody is killed for it.
static bool is_available(uint64_t size) {
    FILE *file = fopen("/proc/meminfo", "re");
    if (file == NULL) return true;
    char line[128];
    unsigned long long kilobytes = UINT64_MAX / 1024;
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "MemAvailable: %llu", &kilobytes) == 1) break;
    }
    fclose(file);
    return size / 1024 < kilobytes;
}

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

static int make_memory_file(const char *name) {
    int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    // With vm.memfd_noexec=2 the system wants to be told that nobody will execute it; kernels before 6.3 know no such
    // flag.
    if (file < 0 && errno == EACCES) file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
    return file;
}

// Beyond the limit on file sizes the kernel sends a signal that ends the process, and only then says EFBIG.
static bool is_over_file_limit(uint64_t size) {
    return size > sennit_soft_limit(sennit_limit_file_bytes);
}

int sennit_memory_file(const char *name, uint64_t size, bool reserve, bool seal, int *descriptor, int *step) {
    *step = sennit_memory_step_size;
    if (is_over_file_limit(size)) return EFBIG;
    if (reserve && !is_available(size)) return ENOMEM;
    *step = sennit_memory_step_create;
    int file = make_memory_file(name);
    if (file < 0) return errno;
    *step = sennit_memory_step_size;
    int failure = 0;
    if (ftruncate(file, (off_t)size) != 0) failure = errno;
    // Without this a full memory shows itself as SIGBUS at the first touch of a page.
    if (failure == 0 && reserve) {
        int outcome;
        do outcome = fallocate(file, 0, 0, (off_t)size);
        while (outcome != 0 && errno == EINTR);
        if (outcome != 0) failure = errno;
    }
    int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (failure == 0 && seal && fcntl(file, F_ADD_SEALS, seals) != 0) failure = errno;
    if (failure != 0) {
        close(file);
        return failure;
    }
    *descriptor = file;
    return 0;
}

bool sennit_is_sealed_against_shrinking(int descriptor) {
    int seals = fcntl(descriptor, F_GET_SEALS);
    return seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
}

int sennit_event_create(int *descriptor) {
    *descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return *descriptor < 0 ? errno : 0;
}

int sennit_pipe(int *descriptors) { return pipe2(descriptors, O_CLOEXEC) == 0 ? 0 : errno; }
#endif

uint64_t sennit_soft_limit(int name) {
    static const int resources[] = {-1, RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_AS};
    struct rlimit limit;
    if (getrlimit(resources[name], &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return UINT64_MAX;
    return limit.rlim_cur;
}

int sennit_map_shared(int descriptor, size_t size, void **address) {
    void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) return errno;
    *address = mapped;
    return 0;
}

void sennit_advise_huge_pages(void *start, size_t size) {
#if defined(__linux__)
    uintptr_t huge = 2u << 20;
    uintptr_t first = ((uintptr_t)start + huge - 1) & ~(huge - 1);
    uintptr_t last = ((uintptr_t)start + size) & ~(huge - 1);
    if (first < last) madvise((void *)first, last - first, MADV_HUGEPAGE);
#else
    (void)start;
    (void)size;
#endif
}

int sennit_file_identity(int descriptor, const char *path, uint64_t *size, uint64_t *device, uint64_t *inode) {
    struct stat status;
    if ((path != NULL ? stat(path, &status) : fstat(descriptor, &status)) != 0) return errno;
    *size = (uint64_t)status.st_size;
    *device = (uint64_t)status.st_dev;
    *inode = (uint64_t)status.st_ino;
    return 0;
}

int sennit_file_digest(const char *path, uint64_t *digest) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno;
    uint64_t words[4096];
    uint64_t state = 0x9e3779b97f4a7c15u, total = 0;
    ssize_t size;
    while ((size = read(file, words, sizeof words)) != 0) {
        if (size < 0) {
            if (errno == EINTR) continue;
            int failure = errno;
            close(file);
            return failure;
        }
        total += (uint64_t)size;
        // The rest of the last word is filled with zeros; the length below tells the files apart.
        if (size % 8 != 0) memset((char *)words + size, 0, (size_t)(8 - size % 8));
        for (ssize_t i = 0; i < (size + 7) / 8; i++) {
            state = (state ^ words[i]) * 0xff51afd7ed558ccdu;
            state ^= state >> 32;
        }
    }
    close(file);
    *digest = (state ^ total) * 0xc4ceb9fe1a85ec53u;
    return 0;
}

int sennit_duplicate(int descriptor, int *copy) {
    *copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 4);
    return *copy < 0 ? errno : 0;
}

int sennit_set_nonblocking(int descriptor, bool is_nonblocking) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return errno;
    flags = is_nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    return fcntl(descriptor, F_SETFL, flags) == 0 ? 0 : errno;
}

bool sennit_is_open(int descriptor) { return fcntl(descriptor, F_GETFD) >= 0; }
