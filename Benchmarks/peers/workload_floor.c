/* The workload without an executor: what the machine itself needs for it.
 *
 * Two processes of forty threads take the next number from one shared counter, wait 20 ms and use 0.8 ms of their own
 * thread's processor time, until 6000 are done. Nothing is encoded, queued or sent. Prints one JSON object with the
 * keys of the other programs: the ratio to the lower bound is the least that any executor can reach here.
 *
 *   cc -O2 -pthread -o workload_floor Benchmarks/peers/workload_floor.c && ./workload_floor [tasks processes threads]
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct shared {
  _Atomic int ready;
  _Atomic int begun;
  _Atomic long next;
};

static struct shared *shared;
static long tasks = 6000, processes = 2, threads = 40;

static int64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static uint64_t mix(uint64_t value) {
  for (int round = 0; round < 400; round++) {
    value ^= value << 13;
    value ^= value >> 7;
    value ^= value << 17;
  }
  return value;
}

static void nap(int64_t nanoseconds) {
  struct timespec time = {0, nanoseconds};
  while (nanosleep(&time, &time) != 0 && errno == EINTR) {
  }
}

static void *serve(void *unused) {
  (void)unused;
  uint64_t value = 88172645463325252u;
  atomic_fetch_add(&shared->ready, 1);
  while (!atomic_load(&shared->begun)) nap(200000);
  while (atomic_fetch_add(&shared->next, 1) < tasks) {
    nap(20000000);
    int64_t end = now(CLOCK_THREAD_CPUTIME_ID) + 800000;
    do value = mix(value);
    while (now(CLOCK_THREAD_CPUTIME_ID) < end);
  }
  return value ? NULL : shared;
}

int main(int count, char **arguments) {
  if (count > 3) {
    tasks = atol(arguments[1]);
    processes = atol(arguments[2]);
    threads = atol(arguments[3]);
  }
  if (tasks < 1 || processes < 1 || threads < 1 || processes * threads > 4096) {
    fprintf(stderr, "usage: workload_floor [tasks processes threads]\n");
    return 64;
  }
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) {
    perror("mmap");
    return 71;
  }
  for (long number = 0; number < processes; number++) {
    pid_t child = fork();
    if (child < 0) {
      perror("fork");
      return 71;
    }
    if (child > 0) continue;
    pthread_t *started = calloc((size_t)threads, sizeof *started);
    for (long thread = 0; thread < threads; thread++)
      if (!started || pthread_create(&started[thread], NULL, serve, NULL) != 0) _exit(71);
    for (long thread = 0; thread < threads; thread++) pthread_join(started[thread], NULL);
    _exit(0);
  }
  while (atomic_load(&shared->ready) < processes * threads) nap(1000000);
  int64_t begin = now(CLOCK_MONOTONIC);
  atomic_store(&shared->begun, 1);
  int status, failed = 0;
  while (wait(&status) > 0) failed |= status;
  double elapsed = (double)(now(CLOCK_MONOTONIC) - begin) / 1e9;
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  double waiting = (double)tasks * 0.02 / (double)(processes * threads);
  double computing = (double)tasks * 0.0008 / (double)processors;
  double bound = waiting > computing ? waiting : computing;
  printf("{\"elapsed_s\": %.6f, \"lower_bound_s\": %.6f, \"ratio\": %.4f, \"processes\": %ld, \"threads\": %ld}\n",
         elapsed, bound, elapsed / bound, processes, threads);
  return failed ? 70 : 0;
}
