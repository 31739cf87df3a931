#ifndef CLOUD_PRICES_JSON_H
#define CLOUD_PRICES_JSON_H
// Kernels that look at JSON 64 bytes at a time: where its tokens are, and where a value ends.
#include <stddef.h>
#include <stdint.h>

// How many bytes the kernels look at in one step.
#define CLOUD_PRICES_BLOCK 64

// What one block leaves for the next. All zero at the start of a document and after any structural character.
struct cloud_prices_json_carry {
    uint64_t in_string;    // all ones inside of a string, else zero
    uint64_t escaped;      // 1 if the next byte follows a backslash
    uint64_t scalar;       // 1 if the last byte belonged to a number or word
    uint32_t utf8_needed;  // continuation bytes that are still due
    uint8_t utf8_low;      // the least and the greatest value of the next one
    uint8_t utf8_high;
};

enum cloud_prices_json_fault {
    CLOUD_PRICES_JSON_FINE = 0,
    CLOUD_PRICES_JSON_CONTROL = 1,  // a control character inside of a string
    CLOUD_PRICES_JSON_UTF8 = 2,     // bytes that are not UTF-8
};

struct cloud_prices_json_result {
    size_t count;                        // positions written
    size_t fault_position;               // of the offending byte, from the start of `bytes`
    enum cloud_prices_json_fault fault;  // the first one
    uint32_t has_backslash;              // whether any byte was a backslash
};

// Writes the position of each token of `blocks` blocks, plus `base`: brackets, colons and commas outside of strings,
// both quotes of each string, and the first byte of each number or word. `positions` has room for all bytes and one
// block more. Strings are checked for control characters and everything for UTF-8.
struct cloud_prices_json_result cloud_prices_json_index(
    const uint8_t *bytes, size_t blocks, uint32_t base, uint32_t *positions, struct cloud_prices_json_carry *carry);

struct cloud_prices_json_skip {
    size_t end;                          // bytes looked at; if depth is 0, up to and with the bracket that closed it
    int64_t depth;                       // brackets that are still open
    size_t fault_position;
    enum cloud_prices_json_fault fault;
};

// Looks through up to `blocks` blocks for the bracket that closes the last of `depth` open ones.
struct cloud_prices_json_skip cloud_prices_json_skip(
    const uint8_t *bytes, size_t blocks, int64_t depth, struct cloud_prices_json_carry *carry);

// The same kernels without vector instructions: for comparison in tests.
struct cloud_prices_json_result cloud_prices_json_index_portable(
    const uint8_t *bytes, size_t blocks, uint32_t base, uint32_t *positions, struct cloud_prices_json_carry *carry);
struct cloud_prices_json_skip cloud_prices_json_skip_portable(
    const uint8_t *bytes, size_t blocks, int64_t depth, struct cloud_prices_json_carry *carry);

#endif
