// The kernels with 256-bit vectors, and the choice between them and the plain ones when they are called.
#include "cloud_prices_json_masks.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))

static inline TARGET uint64_t prefix_xor(uint64_t bits) {
    // A product without carries by all ones is the running sum of the bits.
    __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)bits), _mm_set1_epi8((char)0xFF), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

static inline TARGET uint64_t trailing_zeros(uint64_t bits) { return _tzcnt_u64(bits); }

static inline TARGET uint64_t joined(__m256i low, __m256i high) {
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

static inline TARGET uint64_t equal(__m256i low, __m256i high, char byte) {
    __m256i wanted = _mm256_set1_epi8(byte);
    return joined(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted));
}

// Bytes that a table holds at their own low four bits. A byte above 0x7F finds zero there, and so never matches.
static inline TARGET uint64_t in_table(__m256i low, __m256i high, __m256i low_keys, __m256i high_keys, __m256i table) {
    return joined(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, low_keys), low),
                  _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, high_keys), high));
}

static inline TARGET struct block_masks masks_of(const uint8_t *bytes) {
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));
    const __m256i blanks = _mm256_setr_epi8(' ', 2, 1, 1, 1, 1, 1, 1, 1, '\t', '\n', 1, 1, '\r', 1, 1,
                                            ' ', 2, 1, 1, 1, 1, 1, 1, 1, '\t', '\n', 1, 1, '\r', 1, 1);
    // Both kinds of brackets differ in one bit only, so with that bit set two entries stand for four characters.
    const __m256i operators = _mm256_setr_epi8(1, 2, 1, 1, 1, 1, 1, 1, 1, 1, ':', '{', ',', '}', 1, 1,
                                               1, 2, 1, 1, 1, 1, 1, 1, 1, 1, ':', '{', ',', '}', 1, 1);
    const __m256i bit = _mm256_set1_epi8(0x20);
    const __m256i last_control = _mm256_set1_epi8(0x1F);
    __m256i low_folded = _mm256_or_si256(low, bit);
    __m256i high_folded = _mm256_or_si256(high, bit);
    struct block_masks masks;
    masks.quote = equal(low, high, '"');
    masks.backslash = equal(low, high, '\\');
    masks.blank = in_table(low, high, low, high, blanks);
    masks.control = joined(_mm256_cmpeq_epi8(_mm256_min_epu8(low, last_control), low),
                           _mm256_cmpeq_epi8(_mm256_min_epu8(high, last_control), high));
    masks.operators = in_table(low_folded, high_folded, low_folded, high_folded, operators) & ~masks.control;
    masks.opening = equal(low_folded, high_folded, '{');
    masks.closing = equal(low_folded, high_folded, '}');
    masks.wide = joined(low, high);
    return masks;
}

#define KERNEL(name) vector_##name
#include "cloud_prices_json_block.h"

static int has_vectors(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul");
}

struct cloud_prices_json_result cloud_prices_json_index(
    const uint8_t *bytes, size_t blocks, uint32_t base, uint32_t *positions, struct cloud_prices_json_carry *carry) {
    if (has_vectors()) return vector_index(bytes, blocks, base, positions, carry);
    return cloud_prices_json_index_portable(bytes, blocks, base, positions, carry);
}

struct cloud_prices_json_skip cloud_prices_json_skip(
    const uint8_t *bytes, size_t blocks, int64_t depth, struct cloud_prices_json_carry *carry) {
    if (has_vectors()) return vector_skip(bytes, blocks, depth, carry);
    return cloud_prices_json_skip_portable(bytes, blocks, depth, carry);
}

#else

struct cloud_prices_json_result cloud_prices_json_index(
    const uint8_t *bytes, size_t blocks, uint32_t base, uint32_t *positions, struct cloud_prices_json_carry *carry) {
    return cloud_prices_json_index_portable(bytes, blocks, base, positions, carry);
}

struct cloud_prices_json_skip cloud_prices_json_skip(
    const uint8_t *bytes, size_t blocks, int64_t depth, struct cloud_prices_json_carry *carry) {
    return cloud_prices_json_skip_portable(bytes, blocks, depth, carry);
}

#endif
