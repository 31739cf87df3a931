#include "CLibpq.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

// The functions of libpq under their own names, each passing on to the loaded library.
//
// They are hidden, so that the library's calls of itself never come back here.

#define EACH_FUNCTION(DO)                                                                                             \
    DO(int, PQbackendPID, (const PGconn *connection), (connection))                                                   \
    DO(int, PQcancel, (PGcancel * cancel, char *message, int size), (cancel, message, size))                          \
    DO(int, PQclientEncoding, (const PGconn *connection), (connection))                                               \
    DO(char *, PQcmdTuples, (PGresult * result), (result))                                                            \
    DO(PQconninfoOption *, PQconninfoParse, (const char *text, char **message), (text, message))                      \
    DO(PGconn *, PQconnectdbParams, (const char *const *names, const char *const *values, int expand),                \
       (names, values, expand))                                                                                       \
    DO(int, PQconsumeInput, (PGconn * connection), (connection))                                                      \
    DO(char *, PQerrorMessage, (const PGconn *connection), (connection))                                              \
    DO(PGresult *, PQexec, (PGconn * connection, const char *query), (connection, query))                             \
    DO(PGresult *, PQexecParams,                                                                                      \
       (PGconn * connection, const char *query, int count, const Oid *types, const char *const *values,               \
        const int *lengths, const int *formats, int format),                                                          \
       (connection, query, count, types, values, lengths, formats, format))                                           \
    DO(char *, PQfname, (const PGresult *result, int column), (result, column))                                       \
    DO(Oid, PQftype, (const PGresult *result, int column), (result, column))                                          \
    DO(PGcancel *, PQgetCancel, (PGconn * connection), (connection))                                                  \
    DO(int, PQgetCopyData, (PGconn * connection, char **buffer, int async), (connection, buffer, async))              \
    DO(PGresult *, PQgetResult, (PGconn * connection), (connection))                                                  \
    DO(int, PQgetisnull, (const PGresult *result, int row, int column), (result, row, column))                        \
    DO(int, PQgetlength, (const PGresult *result, int row, int column), (result, row, column))                        \
    DO(char *, PQgetvalue, (const PGresult *result, int row, int column), (result, row, column))                      \
    DO(int, PQisBusy, (PGconn * connection), (connection))                                                            \
    DO(int, PQmblen, (const char *text, int encoding), (text, encoding))                                              \
    DO(int, PQnfields, (const PGresult *result), (result))                                                            \
    DO(int, PQntuples, (const PGresult *result), (result))                                                            \
    DO(const char *, PQparameterStatus, (const PGconn *connection, const char *name), (connection, name))             \
    DO(int, PQputCopyData, (PGconn * connection, const char *bytes, int count), (connection, bytes, count))           \
    DO(int, PQputCopyEnd, (PGconn * connection, const char *message), (connection, message))                          \
    DO(char *, PQresultErrorField, (const PGresult *result, int field), (result, field))                              \
    DO(ExecStatusType, PQresultStatus, (const PGresult *result), (result))                                            \
    DO(int, PQsendQuery, (PGconn * connection, const char *query), (connection, query))                               \
    DO(int, PQserverVersion, (const PGconn *connection), (connection))                                                \
    DO(int, PQsetClientEncoding, (PGconn * connection, const char *name), (connection, name))                         \
    DO(PQnoticeReceiver, PQsetNoticeReceiver, (PGconn * connection, PQnoticeReceiver receiver, void *context),        \
       (connection, receiver, context))                                                                               \
    DO(int, PQsetSingleRowMode, (PGconn * connection), (connection))                                                  \
    DO(int, PQsocket, (const PGconn *connection), (connection))                                                       \
    DO(ConnStatusType, PQstatus, (const PGconn *connection), (connection))                                            \
    DO(PGTransactionStatusType, PQtransactionStatus, (const PGconn *connection), (connection))

#define EACH_RELEASE(DO)                                                                                              \
    DO(PQclear, (PGresult * result), (result))                                                                        \
    DO(PQconninfoFree, (PQconninfoOption * options), (options))                                                       \
    DO(PQfinish, (PGconn * connection), (connection))                                                                 \
    DO(PQfreeCancel, (PGcancel * cancel), (cancel))                                                                   \
    DO(PQfreemem, (void *pointer), (pointer))

#define MEMBER(type, name, ...) __typeof__(&name) name;
#define RELEASE_MEMBER(name, ...) __typeof__(&name) name;
static struct {
    EACH_FUNCTION(MEMBER)
    EACH_RELEASE(RELEASE_MEMBER)
} library;

#define FORWARD(type, name, parameters, arguments)                                                                    \
    __attribute__((visibility("hidden"))) type name parameters { return library.name arguments; }
#define FORWARD_RELEASE(name, parameters, arguments)                                                                  \
    __attribute__((visibility("hidden"))) void name parameters { library.name arguments; }
EACH_FUNCTION(FORWARD)
EACH_RELEASE(FORWARD_RELEASE)

static const char *const names[] = {
#ifdef __APPLE__
    "libpq.5.dylib",
    "/opt/homebrew/opt/libpq/lib/libpq.5.dylib",
    "/usr/local/opt/libpq/lib/libpq.5.dylib",
#else
    "libpq.so.5",
#endif
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[512];

static void keep_failure(void) {
    // Loaded libraries are never unloaded, so what dlerror says is all that has to be kept.
    const char *message = dlerror();
    snprintf(failure, sizeof failure, "%s", message ? message : "libpq cannot be loaded");
}

static void load(void) {
    void *handle = NULL;
    for (size_t index = 0; !handle && index < sizeof names / sizeof *names; index++) {
        handle = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
    }
    if (!handle) {
        keep_failure();
        return;
    }
#define FIND(name)                                                                                                    \
    library.name = (__typeof__(&name))dlsym(handle, #name);                                                           \
    if (!library.name) {                                                                                              \
        keep_failure();                                                                                               \
        return;                                                                                                       \
    }
#define FIND_FUNCTION(type, name, ...) FIND(name)
#define FIND_RELEASE(name, ...) FIND(name)
    EACH_FUNCTION(FIND_FUNCTION)
    EACH_RELEASE(FIND_RELEASE)
}

const char *sennit_libpq_load(void) {
    pthread_once(&once, load);
    return failure[0] ? failure : NULL;
}
