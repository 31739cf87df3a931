#ifndef SENNIT_LIBPQ_H
#define SENNIT_LIBPQ_H
// PostgreSQL's own C client. Debian's package libpq-dev puts the header below /usr/include/postgresql, which
// pkg-config knows; without pkg-config it is found by its longer name.
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif
#endif
