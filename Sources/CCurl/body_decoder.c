#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// libcurl can decode bodies itself, but it takes a truncated one for a whole one, and it decodes whatever has arrived
// at once, however much that becomes while the reader does not read. Here the reader decodes as much as it takes.
//
// The functions below are declared here, since they belong to the stable interface of each library and their headers
// would be three more packages.

// libz
struct zlib_stream {
    const uint8_t *next_in;
    unsigned avail_in;
    unsigned long total_in;
    uint8_t *next_out;
    unsigned avail_out;
    unsigned long total_out;
    const char *message;
    void *state;
    void *(*allocate)(void *, unsigned, unsigned);
    void (*release)(void *, void *);
    void *opaque;
    int data_type;
    unsigned long adler;
    unsigned long reserved;
};

// libzstd
struct zstd_input {
    const void *bytes;
    size_t count;
    size_t position;
};
struct zstd_output {
    void *bytes;
    size_t count;
    size_t position;
};

static struct {
    int (*inflateInit2_)(struct zlib_stream *, int bits, const char *version, int size);
    int (*inflate)(struct zlib_stream *, int flush);
    int (*inflateReset)(struct zlib_stream *);
    int (*inflateEnd)(struct zlib_stream *);
} zlib;

static struct {
    void *(*BrotliDecoderCreateInstance)(void *, void *, void *);
    int (*BrotliDecoderDecompressStream)(
        void *, size_t *available_in, const uint8_t **next_in, size_t *available_out, uint8_t **next_out,
        size_t *total);
    void (*BrotliDecoderDestroyInstance)(void *);
} brotli;

static struct {
    void *(*ZSTD_createDCtx)(void);
    size_t (*ZSTD_freeDCtx)(void *);
    size_t (*ZSTD_DCtx_setParameter)(void *, int parameter, int value);
    size_t (*ZSTD_decompressStream)(void *, struct zstd_output *, struct zstd_input *);
    unsigned (*ZSTD_isError)(size_t code);
} zstd;

static int has_zlib, has_brotli, has_zstd;

static void *open_library(const char *stem, const char *version) {
    char name[64] = "";
#ifdef __APPLE__
    const char *parts[] = {stem, ".", version, ".dylib"};
#else
    const char *parts[] = {stem, ".so.", version, ""};
#endif
    for (int index = 0; index < 4; index++) strncat(name, parts[index], sizeof name - strlen(name) - 1);
    return dlopen(name, RTLD_NOW | RTLD_LOCAL);
}

#define FIND(library, name)                                                                                           \
    library.name = (__typeof__(library.name))dlsym(handle, #name);                                                    \
    if (!library.name) return;

static void load_zlib(void) {
    void *handle = open_library("libz", "1");
    if (!handle) return;
    FIND(zlib, inflateInit2_)
    FIND(zlib, inflate)
    FIND(zlib, inflateReset)
    FIND(zlib, inflateEnd)
    has_zlib = 1;
}

static void load_brotli(void) {
    void *handle = open_library("libbrotlidec", "1");
    if (!handle) return;
    FIND(brotli, BrotliDecoderCreateInstance)
    FIND(brotli, BrotliDecoderDecompressStream)
    FIND(brotli, BrotliDecoderDestroyInstance)
    has_brotli = 1;
}

static void load_zstd(void) {
    void *handle = open_library("libzstd", "1");
    if (!handle) return;
    FIND(zstd, ZSTD_createDCtx)
    FIND(zstd, ZSTD_freeDCtx)
    FIND(zstd, ZSTD_DCtx_setParameter)
    FIND(zstd, ZSTD_decompressStream)
    FIND(zstd, ZSTD_isError)
    has_zstd = 1;
}

static pthread_once_t zlib_once = PTHREAD_ONCE_INIT;
static pthread_once_t brotli_once = PTHREAD_ONCE_INIT;
static pthread_once_t zstd_once = PTHREAD_ONCE_INIT;

struct sennit_decoder {
    enum sennit_coding coding;
    struct zlib_stream zlib;
    void *state;
    int has_ended;
};

/// Whether the decoder's library is there and its state could be made.
static int start(struct sennit_decoder *decoder) {
    switch (decoder->coding) {
    case sennit_coding_gzip:
    case sennit_coding_deflate: {
        pthread_once(&zlib_once, load_zlib);
        int bits = decoder->coding == sennit_coding_gzip ? 15 + 16 : 15;
        return has_zlib && zlib.inflateInit2_(&decoder->zlib, bits, "1.2.11", sizeof decoder->zlib) == 0;
    }
    case sennit_coding_brotli:
        pthread_once(&brotli_once, load_brotli);
        if (has_brotli) decoder->state = brotli.BrotliDecoderCreateInstance(NULL, NULL, NULL);
        return decoder->state != NULL;
    case sennit_coding_zstd:
        pthread_once(&zstd_once, load_zstd);
        if (has_zstd) decoder->state = zstd.ZSTD_createDCtx();
        if (!decoder->state) return 0;
        // A window of 8 MB is all that HTTP may use: RFC 9659. 100 is ZSTD_d_windowLogMax.
        zstd.ZSTD_DCtx_setParameter(decoder->state, 100, 23);
        return 1;
    }
    return 0;
}

struct sennit_decoder *sennit_decoder_make(enum sennit_coding coding) {
    struct sennit_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->coding = coding;
    if (start(decoder)) return decoder;
    free(decoder);
    return NULL;
}

static enum sennit_decoding step_zlib(
    struct sennit_decoder *decoder, const uint8_t *input, size_t input_count, size_t *taken, uint8_t *output,
    size_t capacity, size_t *given) {
    struct zlib_stream *stream = &decoder->zlib;
    if (decoder->has_ended) {
        // Another member may follow the last one; anything else is padding.
        if (input_count == 0) return sennit_decoding_ended;
        if (decoder->coding != sennit_coding_gzip || input[0] != 0x1F) return sennit_decoding_ended;
        if (zlib.inflateReset(stream) != 0) return sennit_decoding_damaged;
        decoder->has_ended = 0;
    }
    stream->next_in = input;
    stream->avail_in = input_count > 1 << 30 ? 1 << 30 : (unsigned)input_count;
    stream->next_out = output;
    stream->avail_out = capacity > 1 << 30 ? 1 << 30 : (unsigned)capacity;
    unsigned had_in = stream->avail_in, had_out = stream->avail_out;
    int code = zlib.inflate(stream, 0);
    *taken = had_in - stream->avail_in;
    *given = had_out - stream->avail_out;
    if (code == 1) {
        decoder->has_ended = 1;
        // The caller comes again if there is input left.
        return *taken < input_count ? sennit_decoding_output_full : sennit_decoding_ended;
    }
    // -5 says that nothing could be done, for want of input or of room.
    if (code != 0 && code != -5) return sennit_decoding_damaged;
    return stream->avail_out == 0 ? sennit_decoding_output_full : sennit_decoding_needs_input;
}

static enum sennit_decoding step_brotli(
    struct sennit_decoder *decoder, const uint8_t *input, size_t input_count, size_t *taken, uint8_t *output,
    size_t capacity, size_t *given) {
    size_t in_left = input_count, out_left = capacity;
    int code = brotli.BrotliDecoderDecompressStream(decoder->state, &in_left, &input, &out_left, &output, NULL);
    *taken = input_count - in_left;
    *given = capacity - out_left;
    switch (code) {
    case 1: return sennit_decoding_ended;
    case 2: return sennit_decoding_needs_input;
    case 3: return sennit_decoding_output_full;
    default: return sennit_decoding_damaged;
    }
}

static enum sennit_decoding step_zstd(
    struct sennit_decoder *decoder, const uint8_t *input, size_t input_count, size_t *taken, uint8_t *output,
    size_t capacity, size_t *given) {
    struct zstd_input in = {input, input_count, 0};
    struct zstd_output out = {output, capacity, 0};
    size_t code = zstd.ZSTD_decompressStream(decoder->state, &out, &in);
    *taken = in.position;
    *given = out.position;
    if (zstd.ZSTD_isError(code)) return sennit_decoding_damaged;
    // 0 is the end of a frame; another may follow.
    if (code == 0) return in.position < in.count ? sennit_decoding_output_full : sennit_decoding_ended;
    return out.position == out.count ? sennit_decoding_output_full : sennit_decoding_needs_input;
}

enum sennit_decoding sennit_decoder_step(
    struct sennit_decoder *decoder, const uint8_t *input, size_t input_count, size_t *taken, uint8_t *output,
    size_t capacity, size_t *given) {
    *taken = 0;
    *given = 0;
    switch (decoder->coding) {
    case sennit_coding_gzip:
    case sennit_coding_deflate: return step_zlib(decoder, input, input_count, taken, output, capacity, given);
    case sennit_coding_brotli: return step_brotli(decoder, input, input_count, taken, output, capacity, given);
    case sennit_coding_zstd: return step_zstd(decoder, input, input_count, taken, output, capacity, given);
    }
    return sennit_decoding_damaged;
}

void sennit_decoder_free(struct sennit_decoder *decoder) {
    switch (decoder->coding) {
    case sennit_coding_gzip:
    case sennit_coding_deflate: zlib.inflateEnd(&decoder->zlib); break;
    case sennit_coding_brotli: brotli.BrotliDecoderDestroyInstance(decoder->state); break;
    case sennit_coding_zstd: zstd.ZSTD_freeDCtx(decoder->state); break;
    }
    free(decoder);
}
