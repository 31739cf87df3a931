// The part of both kernels that works on the bit masks of one block; included once per way of making the masks.
//
// The including file defines KERNEL(name), which names its functions, TARGET, their attributes, and masks_of().

static inline TARGET uint64_t KERNEL(strings)(const struct block_masks *masks, struct cloud_prices_json_carry *carry,
                                              uint64_t *quotes) {
    uint64_t escaped = carry->escaped;
    if (masks->backslash | escaped) {
        // Backslashes are rare: one by one. A backslash that is escaped itself escapes nothing.
        uint64_t left = masks->backslash & ~escaped;
        carry->escaped = 0;
        while (left) {
            uint64_t bit = left & (~left + 1);
            if (bit >> 63) {
                carry->escaped = 1;
                break;
            }
            escaped |= bit << 1;
            left &= ~(bit | bit << 1);
        }
    }
    *quotes = masks->quote & ~escaped;
    uint64_t inside = prefix_xor(*quotes) ^ carry->in_string;
    carry->in_string = (uint64_t)((int64_t)inside >> 63);
    return inside;
}

static inline TARGET enum cloud_prices_json_fault KERNEL(check)(
    const uint8_t *bytes, const struct block_masks *masks, uint64_t inside, struct cloud_prices_json_carry *carry,
    size_t *position) {
    uint64_t control = masks->control & inside;
    if (control) {
        *position = (size_t)__builtin_ctzll(control);
        return CLOUD_PRICES_JSON_CONTROL;
    }
    if (masks->wide | carry->utf8_needed) {
        size_t bad = check_utf8(bytes, carry);
        if (bad < CLOUD_PRICES_BLOCK) {
            *position = bad;
            return CLOUD_PRICES_JSON_UTF8;
        }
    }
    return CLOUD_PRICES_JSON_FINE;
}

static TARGET struct cloud_prices_json_result KERNEL(index)(
    const uint8_t *bytes, size_t blocks, uint32_t base, uint32_t *positions, struct cloud_prices_json_carry *carry) {
    struct cloud_prices_json_result result = {0, 0, CLOUD_PRICES_JSON_FINE, 0};
    uint32_t *out = positions;
    uint64_t backslashes = 0;
    for (size_t block = 0; block < blocks; block++) {
        const uint8_t *start = bytes + block * CLOUD_PRICES_BLOCK;
        struct block_masks masks = masks_of(start);
        uint64_t quotes;
        uint64_t inside = KERNEL(strings)(&masks, carry, &quotes);
        backslashes |= masks.backslash;
        enum cloud_prices_json_fault fault = KERNEL(check)(start, &masks, inside, carry, &result.fault_position);
        if (fault != CLOUD_PRICES_JSON_FINE) {
            result.fault = fault;
            result.fault_position += block * CLOUD_PRICES_BLOCK;
            break;
        }
        uint64_t scalar = ~(masks.operators | masks.blank | masks.quote) & ~inside;
        uint64_t starts = scalar & ~(scalar << 1 | carry->scalar);
        carry->scalar = scalar >> 63;
        uint64_t tokens = ((masks.operators & ~inside) | quotes | starts);
        uint32_t first = base + (uint32_t)(block * CLOUD_PRICES_BLOCK);
        unsigned count = (unsigned)__builtin_popcountll(tokens);
        // Eight at a time whether or not there are so many: the next block overwrites the surplus.
        for (unsigned done = 0; done < count; done += 8) {
            for (unsigned next = 0; next < 8; next++) {
                out[done + next] = first + (uint32_t)trailing_zeros(tokens);
                tokens &= tokens - 1;
            }
        }
        out += count;
    }
    result.count = (size_t)(out - positions);
    result.has_backslash = backslashes != 0;
    return result;
}

static TARGET struct cloud_prices_json_skip KERNEL(skip)(
    const uint8_t *bytes, size_t blocks, int64_t depth, struct cloud_prices_json_carry *carry) {
    struct cloud_prices_json_skip result = {0, depth, 0, CLOUD_PRICES_JSON_FINE};
    for (size_t block = 0; block < blocks; block++) {
        const uint8_t *start = bytes + block * CLOUD_PRICES_BLOCK;
        struct block_masks masks = masks_of(start);
        uint64_t quotes;
        uint64_t inside = KERNEL(strings)(&masks, carry, &quotes);
        enum cloud_prices_json_fault fault = KERNEL(check)(start, &masks, inside, carry, &result.fault_position);
        if (fault != CLOUD_PRICES_JSON_FINE) {
            result.fault = fault;
            result.fault_position += block * CLOUD_PRICES_BLOCK;
            break;
        }
        uint64_t opening = masks.opening & ~inside;
        uint64_t closing = masks.closing & ~inside;
        int64_t closes = __builtin_popcountll(closing);
        if (closes >= result.depth) {
            // The last bracket may be in here: step from one closing bracket to the next.
            uint64_t left = closing;
            int64_t closed = 0;
            while (left) {
                uint64_t bit = left & (~left + 1);
                closed++;
                if (result.depth + __builtin_popcountll(opening & (bit - 1)) == closed) {
                    result.end = block * CLOUD_PRICES_BLOCK + (size_t)__builtin_ctzll(bit) + 1;
                    result.depth = 0;
                    return result;
                }
                left &= left - 1;
            }
        }
        result.depth += __builtin_popcountll(opening) - closes;
        result.end = (block + 1) * CLOUD_PRICES_BLOCK;
    }
    return result;
}
