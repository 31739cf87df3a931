#ifndef SENNIT_CCURL_H
#define SENNIT_CCURL_H

// libcurl, loaded when a program first fetches something; the poller that drives it; and the decoders of bodies.
//
// libcurl brings thirty libraries with it (TLS, HTTP/2, Kerberos, LDAP), which cost every process that starts some
// milliseconds and megabytes. Programs are started again as workers, and few of those fetch, so none is linked with it.
//
// `curl_easy_setopt` and its kin are variadic, which Swift cannot call and which nothing checks. Each function below
// passes one type of argument.

#define CURL_DISABLE_TYPECHECK
#if __has_include(<curl/curl.h>)
#include <curl/curl.h>
#elif __has_include("/opt/homebrew/opt/curl/include/curl/curl.h")
#include "/opt/homebrew/opt/curl/include/curl/curl.h"
#else
#error "curl/curl.h is missing: install libcurl4-openssl-dev (Debian) or curl (Homebrew)"
#endif

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Loads the library once; every later call gives the first one's answer. Any thread may call it.
///
/// Returns NULL once the library is loaded, else the reason as a string that stays valid.
/// No other function that starts with `sennit_easy` or `sennit_multi` may be called before this has returned NULL.
const char *sennit_curl_load(void);

/// Makes the first `sennit_curl_load` look for another file than the usual one. `name` must stay valid.
void sennit_curl_choose(const char *name);

/// The library's version, such as "libcurl/7.88.1 OpenSSL/3.0.19 …"; the string stays valid.
const char *sennit_curl_version(void);
/// What the library says of a code; the string stays valid.
const char *sennit_curl_reason(CURLcode code);

CURL *sennit_easy_make(void);
void sennit_easy_reset(CURL *easy);
void sennit_easy_free(CURL *easy);
CURLcode sennit_easy_set_long(CURL *easy, CURLoption option, long value);
CURLcode sennit_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value);
/// The library copies the text, but for `CURLOPT_POSTFIELDS`, which is not used here.
CURLcode sennit_easy_set_text(CURL *easy, CURLoption option, const char *value);
/// The list must stay until the transfer has ended.
CURLcode sennit_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *list);
/// The buffer must have `CURL_ERROR_SIZE` bytes and stay until the handle is reset or freed.
CURLcode sennit_easy_set_error_buffer(CURL *easy, char *buffer);

/// What the library calls during a transfer, each with the same context.
struct sennit_easy_callbacks {
    /// Takes `size * count` bytes of the body; returns how many it took, or `CURL_WRITEFUNC_PAUSE`.
    size_t (*write)(char *bytes, size_t size, size_t count, void *context);
    /// Takes one line of a head.
    size_t (*header)(char *bytes, size_t size, size_t count, void *context);
    /// Gives up to `size * count` bytes of the request's body.
    size_t (*read)(char *bytes, size_t size, size_t count, void *context);
    /// Opens a socket for an address, or refuses with `CURL_SOCKET_BAD`.
    curl_socket_t (*open_socket)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
    /// Hears that a connection stands and the request goes out next.
    int (*before_request)(void *context, char *remote, char *local, int remote_port, int local_port);
};

CURLcode sennit_easy_set_callbacks(CURL *easy, const struct sennit_easy_callbacks *callbacks, void *context);
CURLcode sennit_easy_pause(CURL *easy, int directions);
/// A fact of a transfer; 0 where it is unknown.
long sennit_easy_get_long(CURL *easy, CURLINFO info);
curl_off_t sennit_easy_get_offset(CURL *easy, CURLINFO info);
/// A fact of a transfer; NULL where it is unknown. Copy it before the handle is used again.
const char *sennit_easy_get_text(CURL *easy, CURLINFO info);

/// A new list with one more line at its end, or NULL without memory; then the old one is untouched.
struct curl_slist *sennit_list_append(struct curl_slist *list, const char *line);
void sennit_list_free(struct curl_slist *list);

/// What the library calls to say which sockets to watch, and when to call it at the latest.
struct sennit_multi_callbacks {
    int (*watch)(CURL *easy, curl_socket_t descriptor, int what, void *context, void *unused);
    int (*wake)(CURLM *multi, long milliseconds, void *context);
};

CURLM *sennit_multi_make(const struct sennit_multi_callbacks *callbacks, void *context);
CURLMcode sennit_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode sennit_multi_add(CURLM *multi, CURL *easy);
CURLMcode sennit_multi_remove(CURLM *multi, CURL *easy);
/// Tells of one socket's readiness, or with `CURL_SOCKET_TIMEOUT` that time has passed.
CURLMcode sennit_multi_act(CURLM *multi, curl_socket_t descriptor, int readiness);
/// The next transfer that has ended, with how; NULL if there is none.
CURL *sennit_multi_next_ended(CURLM *multi, CURLcode *result);
void sennit_multi_free(CURLM *multi);

/// The family (4 or 6, 0 for any other), the bytes and the port of a socket's address.
int sennit_socket_address(const struct curl_sockaddr *address, uint8_t bytes[16], uint16_t *port);
/// A stream socket for an address, closed on exec; -1 if the system refuses, with the reason in `errno`.
int sennit_socket_open(const struct curl_sockaddr *address);

/// Whether a socket is connected to somebody.
int sennit_socket_is_connected(int descriptor);

/// One socket that is ready: `CURL_CSELECT_IN`, `_OUT` and `_ERR` together.
struct sennit_ready {
    int descriptor;
    int readiness;
};

/// A set of sockets to wait for, and a bell that another thread can ring. Returns -1 if the system refuses.
int sennit_poller_make(int *bell);
/// Watches a socket for `CURL_POLL_IN`, `_OUT` or `_INOUT`, or no more with `CURL_POLL_REMOVE`.
/// Returns 0, or -1 with the reason in `errno`.
int sennit_poller_watch(int poller, int descriptor, int what, int is_known);
/// Waits for readiness, for at most so many milliseconds (-1: for ever). The bell is silenced here; it is reported
/// with no readiness. Returns how many are ready.
int sennit_poller_wait(int poller, int bell, struct sennit_ready *ready, int capacity, int milliseconds);
/// Rings the bell. Any thread may call it.
void sennit_poller_ring(int bell);
void sennit_poller_free(int poller, int bell);

/// Decodes a body as it comes.
struct sennit_decoder;

/// How a body is encoded.
enum sennit_coding { sennit_coding_gzip, sennit_coding_deflate, sennit_coding_brotli, sennit_coding_zstd };

/// How a step ended.
enum sennit_decoding {
    /// All input is taken, and more is needed.
    sennit_decoding_needs_input,
    /// The output is full; there may be more of it.
    sennit_decoding_output_full,
    /// The body has ended; what is left of the input is not part of it.
    sennit_decoding_ended,
    /// The input is not what it should be.
    sennit_decoding_damaged,
};

/// Makes a decoder, whose library is loaded when it is first needed: libz, libbrotlidec or libzstd, on each of which
/// libcurl itself depends. NULL if there is no such library, or no memory.
struct sennit_decoder *sennit_decoder_make(enum sennit_coding coding);
/// Takes bytes from `input` and puts decoded ones into `output`; says in `taken` and `given` how many.
enum sennit_decoding sennit_decoder_step(
    struct sennit_decoder *decoder, const uint8_t *input, size_t input_count, size_t *taken, uint8_t *output,
    size_t capacity, size_t *given);
void sennit_decoder_free(struct sennit_decoder *decoder);

/// Starts a detached thread that takes no signal, so that none of the program's is handled on it, SIGPIPE among them.
/// Returns 0, or the error's number.
int sennit_thread_start(void (*body)(void *context), void *context);

#ifdef __cplusplus
}
#endif

#endif
