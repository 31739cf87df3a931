// What both ways of making masks share.
#include "cloud_prices_json.h"

// One bit for each byte of a block, the first byte lowest.
struct block_masks {
    uint64_t quote;      // "
    uint64_t backslash;
    uint64_t operators;  // { } [ ] : ,
    uint64_t opening;    // { [
    uint64_t closing;    // } ]
    uint64_t blank;      // the four blanks of JSON
    uint64_t control;    // below 0x20
    uint64_t wide;       // above 0x7F
};

// Checks one block byte by byte; gives the position of the first byte that cannot stand there, or the block's size.
static inline size_t check_utf8(const uint8_t *bytes, struct cloud_prices_json_carry *carry) {
    for (size_t position = 0; position < CLOUD_PRICES_BLOCK; position++) {
        uint8_t byte = bytes[position];
        if (carry->utf8_needed) {
            if (byte < carry->utf8_low || byte > carry->utf8_high) return position;
            carry->utf8_needed--;
            carry->utf8_low = 0x80;
            carry->utf8_high = 0xBF;
            continue;
        }
        if (byte < 0x80) continue;
        if (byte < 0xC2 || byte > 0xF4) return position;
        carry->utf8_needed = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
        // No overlong forms, no surrogates, nothing above U+10FFFF.
        carry->utf8_low = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
        carry->utf8_high = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    }
    return CLOUD_PRICES_BLOCK;
}
