#ifndef SENNIT_SHARED_H
#define SENNIT_SHARED_H
// Operations on words in memory that several processes map: atomics, waiting, and a cheap clock.
//
// Swift's Atomic owns its storage, so it cannot sit on a word inside a mapping. These functions can.
// Read-modify-write operations are sequentially consistent; loads and stores name their order.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__APPLE__)
#include <os/os_sync_wait_on_address.h>
#endif

// MARK: 32-bit words

static inline uint32_t sennit_load_relaxed_u32(const uint32_t *word) {
  return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline uint32_t sennit_load_acquire_u32(const uint32_t *word) {
  return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline void sennit_store_relaxed_u32(uint32_t *word, uint32_t value) {
  __atomic_store_n(word, value, __ATOMIC_RELAXED);
}

static inline void sennit_store_release_u32(uint32_t *word, uint32_t value) {
  __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static inline uint32_t sennit_exchange_u32(uint32_t *word, uint32_t value) {
  return __atomic_exchange_n(word, value, __ATOMIC_SEQ_CST);
}

static inline uint32_t sennit_add_u32(uint32_t *word, uint32_t value) {
  return __atomic_fetch_add(word, value, __ATOMIC_SEQ_CST);
}

static inline bool sennit_compare_exchange_u32(uint32_t *word, uint32_t expected, uint32_t desired) {
  return __atomic_compare_exchange_n(word, &expected, desired, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_RELAXED);
}

// MARK: 64-bit words

static inline uint64_t sennit_load_relaxed_u64(const uint64_t *word) {
  return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline uint64_t sennit_load_acquire_u64(const uint64_t *word) {
  return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline void sennit_store_relaxed_u64(uint64_t *word, uint64_t value) {
  __atomic_store_n(word, value, __ATOMIC_RELAXED);
}

static inline void sennit_store_release_u64(uint64_t *word, uint64_t value) {
  __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static inline uint64_t sennit_add_u64(uint64_t *word, uint64_t value) {
  return __atomic_fetch_add(word, value, __ATOMIC_SEQ_CST);
}

static inline bool sennit_compare_exchange_u64(uint64_t *word, uint64_t expected, uint64_t desired) {
  return __atomic_compare_exchange_n(word, &expected, desired, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_RELAXED);
}

// MARK: Fences and copies

static inline void sennit_fence(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

static inline void sennit_fence_acquire(void) { __atomic_thread_fence(__ATOMIC_ACQUIRE); }

static inline void sennit_fence_release(void) { __atomic_thread_fence(__ATOMIC_RELEASE); }

// Word by word, because the other side may be writing (reading) the same words: a sequence lock
// tells afterwards whether the copy holds together, but the accesses themselves must not be a race.
static inline void sennit_copy_words_from_shared(uint64_t *private_words, const uint64_t *shared,
                                                 size_t count) {
  for (size_t i = 0; i < count; i++)
    private_words[i] = __atomic_load_n(&shared[i], __ATOMIC_RELAXED);
}

static inline void sennit_copy_words_to_shared(uint64_t *shared, const uint64_t *private_words,
                                               size_t count) {
  for (size_t i = 0; i < count; i++)
    __atomic_store_n(&shared[i], private_words[i], __ATOMIC_RELAXED);
}

// MARK: Time

// Tells the processor that this is a spin loop.
static inline void sennit_cpu_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ __volatile__("yield");
#endif
}

// Nanoseconds of CLOCK_MONOTONIC, which is the same clock in every process of the machine.
static inline uint64_t sennit_monotonic_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// MARK: Waiting on a word

// Sleeps while *word is `expected`, for at most timeout_ns (negative: for ever).
// Returns false when the time ran out; true otherwise, and then the reason may be none at all.
// Works across processes and in private memory alike.
static inline bool sennit_shared_wait(const uint32_t *word, uint32_t expected, int64_t timeout_ns) {
#if defined(__linux__)
  struct timespec timeout = {timeout_ns / 1000000000, timeout_ns % 1000000000};
  long result = syscall(SYS_futex, word, FUTEX_WAIT, expected, timeout_ns < 0 ? NULL : &timeout,
                        NULL, 0);
  return !(result == -1 && errno == ETIMEDOUT);
#elif defined(__APPLE__)
  int result =
      timeout_ns < 0
          ? os_sync_wait_on_address((void *)word, expected, 4, OS_SYNC_WAIT_ON_ADDRESS_SHARED)
          : os_sync_wait_on_address_with_timeout((void *)word, expected, 4,
                                                 OS_SYNC_WAIT_ON_ADDRESS_SHARED,
                                                 OS_CLOCK_MACH_ABSOLUTE_TIME,
                                                 (uint64_t)(timeout_ns ? timeout_ns : 1));
  return !(result < 0 && errno == ETIMEDOUT);
#else
#error "no way to wait on a shared word on this platform"
#endif
}

// Wakes at most `count` sleepers of `word`.
static inline void sennit_shared_wake(const uint32_t *word, int32_t count) {
#if defined(__linux__)
  syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
#elif defined(__APPLE__)
  for (int32_t i = 0; i < count; i++)
    if (os_sync_wake_by_address_any((void *)word, 4, OS_SYNC_WAKE_BY_ADDRESS_SHARED) != 0) break;
#endif
}

#endif
