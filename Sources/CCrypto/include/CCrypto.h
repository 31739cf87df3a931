#ifndef SENNIT_CCRYPTO_H
#define SENNIT_CCRYPTO_H

// SHA-256 and HMAC of OpenSSL's libcrypto, which is loaded when a program first needs one of them.

#if __has_include(<openssl/evp.h>)
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#elif __has_include("/opt/homebrew/opt/openssl@3/include/openssl/evp.h")
#include "/opt/homebrew/opt/openssl@3/include/openssl/crypto.h"
#include "/opt/homebrew/opt/openssl@3/include/openssl/evp.h"
#include "/opt/homebrew/opt/openssl@3/include/openssl/hmac.h"
#else
#error "openssl/evp.h is missing: install libssl-dev (Debian) or openssl (Homebrew)"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Loads the library once; every later call gives the first one's answer. Any thread may call it.
///
/// Returns NULL once the library is loaded, else the reason as a string that stays valid.
/// No other function below may be called before this has returned NULL.
const char *sennit_crypto_load(void);

/// Makes the first `sennit_crypto_load` look for another file than the usual one. `name` must stay valid.
void sennit_crypto_choose(const char *name);

/// A SHA-256 of no bytes yet, to free with `sennit_sha256_free`; NULL without memory.
EVP_MD_CTX *sennit_sha256_make(void);
/// Takes more bytes. Returns 1, or 0 if the library fails.
int sennit_sha256_update(EVP_MD_CTX *context, const void *bytes, size_t count);
/// Writes the 32 bytes of the digest. Returns 1, or 0 if the library fails. The context takes no more bytes.
int sennit_sha256_finish(EVP_MD_CTX *context, unsigned char *digest);
void sennit_sha256_free(EVP_MD_CTX *context);

/// Writes the 32 bytes of the HMAC with SHA-256. Returns 1, or 0 if the library fails.
int sennit_hmac_sha256(
    const void *key, size_t key_count, const void *bytes, size_t count, unsigned char *digest);

#ifdef __cplusplus
}
#endif

#endif
