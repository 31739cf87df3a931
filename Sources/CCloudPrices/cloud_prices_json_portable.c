// The kernels in plain C: for processors without the vector instructions, and as the measure of the others.
#include "cloud_prices_json_masks.h"

static inline uint64_t prefix_xor(uint64_t bits) {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^= bits << 32;
    return bits;
}

static inline uint64_t trailing_zeros(uint64_t bits) { return bits ? (uint64_t)__builtin_ctzll(bits) : 64; }

enum { QUOTE = 1, BACKSLASH = 2, OPENING = 4, CLOSING = 8, SEPARATOR = 16, BLANK = 32, CONTROL = 64, WIDE = 128 };

static inline uint8_t class_of(uint8_t byte) {
    switch (byte) {
        case '"': return QUOTE;
        case '\\': return BACKSLASH;
        case '{': case '[': return OPENING;
        case '}': case ']': return CLOSING;
        case ':': case ',': return SEPARATOR;
        case ' ': return BLANK;
        case '\t': case '\n': case '\r': return BLANK | CONTROL;
        default: return byte < 0x20 ? CONTROL : byte >= 0x80 ? WIDE : 0;
    }
}

static inline struct block_masks masks_of(const uint8_t *bytes) {
    struct block_masks masks = {0, 0, 0, 0, 0, 0, 0, 0};
    for (unsigned position = 0; position < CLOUD_PRICES_BLOCK; position++) {
        uint64_t byte_class = class_of(bytes[position]);
        masks.quote |= (byte_class & QUOTE) << position;
        masks.backslash |= (byte_class >> 1 & 1) << position;
        masks.opening |= (byte_class >> 2 & 1) << position;
        masks.closing |= (byte_class >> 3 & 1) << position;
        masks.operators |= (byte_class >> 4 & 1) << position;
        masks.blank |= (byte_class >> 5 & 1) << position;
        masks.control |= (byte_class >> 6 & 1) << position;
        masks.wide |= (byte_class >> 7 & 1) << position;
    }
    masks.operators |= masks.opening | masks.closing;
    return masks;
}

#define KERNEL(name) portable_##name
#define TARGET
#include "cloud_prices_json_block.h"

struct cloud_prices_json_result cloud_prices_json_index_portable(
    const uint8_t *bytes, size_t blocks, uint32_t base, uint32_t *positions, struct cloud_prices_json_carry *carry) {
    return portable_index(bytes, blocks, base, positions, carry);
}

struct cloud_prices_json_skip cloud_prices_json_skip_portable(
    const uint8_t *bytes, size_t blocks, int64_t depth, struct cloud_prices_json_carry *carry) {
    return portable_skip(bytes, blocks, depth, carry);
}
