#include "CCrypto.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>

#define EACH_FUNCTION(DO)                                                                                             \
    DO(EVP_MD_CTX_new)                                                                                                \
    DO(EVP_MD_CTX_free)                                                                                               \
    DO(EVP_sha256)                                                                                                    \
    DO(EVP_DigestInit_ex)                                                                                             \
    DO(EVP_DigestUpdate)                                                                                              \
    DO(EVP_DigestFinal_ex)                                                                                            \
    DO(HMAC)                                                                                                          \
    DO(OPENSSL_init_crypto)

#define MEMBER(name) __typeof__(&name) name;
static struct {
    EACH_FUNCTION(MEMBER)
} library;

static const char *const names[] = {
#ifdef __APPLE__
    "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
    "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib",
#else
    "libcrypto.so.3",
#endif
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *chosen_name;
static char failure[512];

static void keep_failure(void) {
    const char *message = dlerror();
    snprintf(failure, sizeof failure, "%s", message ? message : "libcrypto cannot be loaded");
}

static void load(void) {
    void *handle = chosen_name ? dlopen(chosen_name, RTLD_NOW | RTLD_LOCAL) : NULL;
    for (size_t index = 0; !chosen_name && !handle && index < sizeof names / sizeof *names; index++) {
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
    EACH_FUNCTION(FIND)
    // Otherwise it would clean up when the program exits, while another thread may still use it.
    library.OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
}

const char *sennit_crypto_load(void) {
    pthread_once(&once, load);
    return failure[0] ? failure : NULL;
}

void sennit_crypto_choose(const char *name) { chosen_name = name; }

EVP_MD_CTX *sennit_sha256_make(void) {
    EVP_MD_CTX *context = library.EVP_MD_CTX_new();
    if (!context) return NULL;
    if (library.EVP_DigestInit_ex(context, library.EVP_sha256(), NULL) == 1) return context;
    library.EVP_MD_CTX_free(context);
    return NULL;
}

int sennit_sha256_update(EVP_MD_CTX *context, const void *bytes, size_t count) {
    return library.EVP_DigestUpdate(context, bytes, count);
}

int sennit_sha256_finish(EVP_MD_CTX *context, unsigned char *digest) {
    return library.EVP_DigestFinal_ex(context, digest, NULL);
}

void sennit_sha256_free(EVP_MD_CTX *context) { library.EVP_MD_CTX_free(context); }

int sennit_hmac_sha256(
    const void *key, size_t key_count, const void *bytes, size_t count, unsigned char *digest) {
    if (key_count > INT_MAX) return 0;
    return library.HMAC(library.EVP_sha256(), key, (int)key_count, bytes, count, digest, NULL) != NULL;
}
