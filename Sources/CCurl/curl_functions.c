#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define EACH_FUNCTION(DO)                                                                                             \
    DO(curl_global_init)                                                                                              \
    DO(curl_version)                                                                                                  \
    DO(curl_easy_init)                                                                                                \
    DO(curl_easy_reset)                                                                                               \
    DO(curl_easy_cleanup)                                                                                             \
    DO(curl_easy_setopt)                                                                                              \
    DO(curl_easy_getinfo)                                                                                             \
    DO(curl_easy_pause)                                                                                               \
    DO(curl_easy_strerror)                                                                                            \
    DO(curl_slist_append)                                                                                             \
    DO(curl_slist_free_all)                                                                                           \
    DO(curl_multi_init)                                                                                               \
    DO(curl_multi_cleanup)                                                                                            \
    DO(curl_multi_setopt)                                                                                             \
    DO(curl_multi_add_handle)                                                                                         \
    DO(curl_multi_remove_handle)                                                                                      \
    DO(curl_multi_socket_action)                                                                                      \
    DO(curl_multi_info_read)

#define MEMBER(name) __typeof__(&name) name;
static struct {
    EACH_FUNCTION(MEMBER)
} library;

static const char *const names[] = {
#ifdef __APPLE__
    "/opt/homebrew/opt/curl/lib/libcurl.4.dylib",
    "/usr/local/opt/curl/lib/libcurl.4.dylib",
    "libcurl.4.dylib",
#else
    "libcurl.so.4",
#endif
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *chosen_name;
static char failure[512];

static void keep_failure(const char *message) {
    // Libraries are never unloaded, so the first message is the one to keep.
    snprintf(failure, sizeof failure, "%s", message ? message : "libcurl cannot be loaded");
}

static void *open_library(void) {
    if (chosen_name) return dlopen(chosen_name, RTLD_NOW | RTLD_LOCAL);
    void *handle = NULL;
    for (size_t index = 0; !handle && index < sizeof names / sizeof *names; index++) {
        handle = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
    }
    return handle;
}

static void load(void) {
    void *handle = open_library();
    if (!handle) {
        keep_failure(dlerror());
        return;
    }
#define FIND(name)                                                                                                    \
    library.name = (__typeof__(&name))dlsym(handle, #name);                                                           \
    if (!library.name) {                                                                                              \
        keep_failure(dlerror());                                                                                      \
        return;                                                                                                       \
    }
    EACH_FUNCTION(FIND)
    // OpenSSL would clean up when the program exits, while a client's thread may still use it.
    int (*initialize)(uint64_t, const void *) = (int (*)(uint64_t, const void *))dlsym(handle, "OPENSSL_init_crypto");
    const uint64_t no_exit_handler = 0x00080000;
    if (initialize) initialize(no_exit_handler, NULL);
    if (library.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) keep_failure("libcurl cannot be initialized");
}

const char *sennit_curl_load(void) {
    pthread_once(&once, load);
    return failure[0] ? failure : NULL;
}

void sennit_curl_choose(const char *name) { chosen_name = name; }

const char *sennit_curl_version(void) { return library.curl_version(); }

const char *sennit_curl_reason(CURLcode code) { return library.curl_easy_strerror(code); }

CURL *sennit_easy_make(void) { return library.curl_easy_init(); }

void sennit_easy_reset(CURL *easy) { library.curl_easy_reset(easy); }

void sennit_easy_free(CURL *easy) { library.curl_easy_cleanup(easy); }

CURLcode sennit_easy_set_long(CURL *easy, CURLoption option, long value) {
    return library.curl_easy_setopt(easy, option, value);
}

CURLcode sennit_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return library.curl_easy_setopt(easy, option, value);
}

CURLcode sennit_easy_set_text(CURL *easy, CURLoption option, const char *value) {
    return library.curl_easy_setopt(easy, option, value);
}

CURLcode sennit_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *list) {
    return library.curl_easy_setopt(easy, option, list);
}

CURLcode sennit_easy_set_error_buffer(CURL *easy, char *buffer) {
    return library.curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, buffer);
}

CURLcode sennit_easy_set_callbacks(CURL *easy, const struct sennit_easy_callbacks *callbacks, void *context) {
    CURLcode code = CURLE_OK;
#define SET(option, value)                                                                                            \
    if (code == CURLE_OK) code = library.curl_easy_setopt(easy, option, value)
    SET(CURLOPT_WRITEFUNCTION, callbacks->write);
    SET(CURLOPT_WRITEDATA, context);
    SET(CURLOPT_HEADERFUNCTION, callbacks->header);
    SET(CURLOPT_HEADERDATA, context);
    SET(CURLOPT_READFUNCTION, callbacks->read);
    SET(CURLOPT_READDATA, context);
    SET(CURLOPT_OPENSOCKETFUNCTION, callbacks->open_socket);
    SET(CURLOPT_OPENSOCKETDATA, context);
    SET(CURLOPT_PREREQFUNCTION, callbacks->before_request);
    SET(CURLOPT_PREREQDATA, context);
#undef SET
    return code;
}

CURLcode sennit_easy_pause(CURL *easy, int directions) { return library.curl_easy_pause(easy, directions); }

long sennit_easy_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    return library.curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

curl_off_t sennit_easy_get_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    return library.curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

const char *sennit_easy_get_text(CURL *easy, CURLINFO info) {
    char *value = NULL;
    return library.curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : NULL;
}

struct curl_slist *sennit_list_append(struct curl_slist *list, const char *line) {
    return library.curl_slist_append(list, line);
}

void sennit_list_free(struct curl_slist *list) { library.curl_slist_free_all(list); }

CURLM *sennit_multi_make(const struct sennit_multi_callbacks *callbacks, void *context) {
    CURLM *multi = library.curl_multi_init();
    if (!multi) return NULL;
    library.curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callbacks->watch);
    library.curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    library.curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callbacks->wake);
    library.curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return multi;
}

CURLMcode sennit_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return library.curl_multi_setopt(multi, option, value);
}

CURLMcode sennit_multi_add(CURLM *multi, CURL *easy) { return library.curl_multi_add_handle(multi, easy); }

CURLMcode sennit_multi_remove(CURLM *multi, CURL *easy) { return library.curl_multi_remove_handle(multi, easy); }

CURLMcode sennit_multi_act(CURLM *multi, curl_socket_t descriptor, int readiness) {
    int running = 0;
    return library.curl_multi_socket_action(multi, descriptor, readiness, &running);
}

CURL *sennit_multi_next_ended(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = library.curl_multi_info_read(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

void sennit_multi_free(CURLM *multi) { library.curl_multi_cleanup(multi); }
