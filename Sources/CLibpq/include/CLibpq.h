#ifndef SENNIT_CLIBPQ_H
#define SENNIT_CLIBPQ_H

// PostgreSQL's own C client, whose library is loaded when a program first connects.
//
// libpq brings two dozen libraries with it (TLS, Kerberos, LDAP), which cost every process that starts some
// milliseconds and megabytes. Programs that are started again as workers seldom connect in all of them, so they are not
// linked with it. Of its functions, those that stand in libpq_functions.c can be called.

// Debian's package libpq-dev puts the header below /usr/include/postgresql.
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#elif __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#elif __has_include("/opt/homebrew/opt/libpq/include/libpq-fe.h")
#include "/opt/homebrew/opt/libpq/include/libpq-fe.h"
#else
#error "libpq-fe.h is missing: install libpq-dev (Debian) or libpq (Homebrew)"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Loads the library, once; every later call gives the first one's answer. Any thread may call it.
///
/// Returns NULL when it is loaded, else why it is not: a string that stays.
/// No other function of libpq may be called before this has returned NULL.
const char *sennit_libpq_load(void);

/// Tells who listens at the Unix socket that a descriptor is connected to, by the kernel's own word.
///
/// Puts the address that the listener has bound, with a zero at its end, into `path` of `size` bytes, and the listening
/// process into `process`, 0 where the system does not say. Returns 0, or -1 for what is no connected Unix socket.
int sennit_socket_listener(int descriptor, char *path, unsigned long size, int *process);

#ifdef __cplusplus
}
#endif

#endif
