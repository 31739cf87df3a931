#ifndef SENNIT_SYSTEM_H
#define SENNIT_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// System calls that Swift cannot import: variadic, macro-based or missing from the C library's headers.
// Everything returns 0 or an errno unless it says otherwise; descriptors are close-on-exec.

#ifdef __cplusplus
extern "C" {
#endif

/// Waits while `*word` is `expected`: 0 woken, EAGAIN changed before, ETIMEDOUT, EINTR. UINT64_MAX waits for ever.
int sennit_futex_wait(uint32_t *word, uint32_t expected, uint64_t timeout_nanoseconds, bool is_shared);
/// Wakes up to `count` waiters; returns how many.
int sennit_futex_wake(uint32_t *word, int count, bool is_shared);

enum sennit_limit_name {
    sennit_limit_open_files = 1,
    sennit_limit_file_bytes = 2,
    sennit_limit_address_space = 3,
};
/// The limit in force on this process; UINT64_MAX for none.
uint64_t sennit_soft_limit(int name);

/// What making a memory file failed at.
enum sennit_memory_step {
    /// memfd_create
    sennit_memory_step_create = 1,
    /// ftruncate, fallocate, or fixing the size
    sennit_memory_step_size = 2,
};
/// An anonymous memory file of `size` bytes; `reserve` takes the memory now, `seal` fixes the size for ever. `step`
/// says what failed.
int sennit_memory_file(const char *name, uint64_t size, bool reserve, bool seal, int *descriptor, int *step);
/// Whether a memory file can no longer shrink.
bool sennit_is_sealed_against_shrinking(int descriptor);
/// Maps a file shared, readable and writable.
int sennit_map_shared(int descriptor, size_t size, void **address);
/// Asks for huge pages where whole ones lie within the bytes; a hint that nothing depends on.
void sennit_advise_huge_pages(void *start, size_t size);
/// The size, device and inode of an open file or, with a path, of that file.
int sennit_file_identity(int descriptor, const char *path, uint64_t *size, uint64_t *device, uint64_t *inode);
/// Whether the files of a directory are in memory.
bool sennit_is_in_memory(const char *path);
/// Has the calling thread make files, and be judged by the system when it opens them, as another user; only root can.
/// With the process's own user and group it is as before.
int sennit_act_on_files_as(uint32_t user, uint32_t group);
/// A 64-bit digest of a file's contents. Not cryptographic.
int sennit_file_digest(const char *path, uint64_t *digest);

/// One event of a poll.
struct sennit_poll_event {
    uint64_t token;
    uint32_t flags;
};
enum sennit_poll_flag {
    sennit_poll_readable = 1,
    sennit_poll_writable = 2,
    sennit_poll_hang_up = 4,
    sennit_poll_error = 8,
};
int sennit_poll_create(int *descriptor);
/// Adds (`operation` 1), changes (2) or removes (3) a descriptor.
int sennit_poll_control(int poll, int operation, int descriptor, uint32_t flags, uint64_t token);
/// Waits for events; returns how many, or minus an errno. UINT64_MAX waits for ever.
int sennit_poll_wait(int poll, struct sennit_poll_event *events, int capacity, uint64_t timeout_nanoseconds);
/// Waits for one descriptor; returns flags, 0 on time-out, or minus an errno.
int sennit_poll_one(int descriptor, uint32_t flags, uint64_t timeout_nanoseconds);

int sennit_event_create(int *descriptor);
int sennit_pipe(int *descriptors);
/// A pair of connected local sockets, `is_packets` keeps message boundaries.
int sennit_socket_pair(bool is_packets, int *descriptors);
int sennit_duplicate(int descriptor, int *copy);
int sennit_set_nonblocking(int descriptor, bool is_nonblocking);
/// Whether the descriptor is open.
bool sennit_is_open(int descriptor);

/// Writes what the descriptor takes without waiting; returns how many bytes are done with: all if writing failed.
size_t sennit_write_without_waiting(int descriptor, const void *bytes, size_t size);
/// Writes some of the bytes, and waits until that is possible; returns how many, or -1 when nobody will read them.
ssize_t sennit_write_waiting(int descriptor, const void *bytes, size_t size);

/// The most descriptors that one sennit_socket_send attaches.
#define SENNIT_DESCRIPTORS_PER_MESSAGE 64
/// Sends without blocking or raising SIGPIPE; returns the bytes sent or minus an errno. Descriptors go with the first.
ssize_t sennit_socket_send(int socket, const void *head, size_t head_size, const void *tail, size_t tail_size,
                           const int *descriptors, size_t descriptor_count);
/// Receives without blocking; returns the bytes (0: end of file) or minus an errno. `descriptors` has room for
/// SENNIT_DESCRIPTORS_PER_MESSAGE; if more came, all are closed and the result is -EMSGSIZE. A -1 stands for those, one
/// or several, for which this process had no descriptor left.
ssize_t sennit_socket_receive(int socket, void *buffer, size_t size, int *descriptors, size_t *descriptor_count);

#ifdef __cplusplus
}
#endif
#endif
