/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/pattern.h"

typedef bool (*equal_fn)(uint8_t a, uint8_t b);

static bool equal_octets(uint8_t a, uint8_t b)
{
    return a == b;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool equal_letters(uint8_t a, uint8_t b)
{
    return lower(a) == lower(b);
}

/* A later star can do all that an earlier one could: only the last one seen is ever tried again, which
 * keeps the work from growing exponentially. */
static bool match(struct bytes text, struct bytes pattern, equal_fn equal)
{
    bool has_star = false;
    struct bytes behind_star = BYTES_NONE, retry = BYTES_NONE;

    while (text.len) {
        uint8_t wanted = pattern.len ? pattern.data[0] : 0;
        if (pattern.len && wanted == '*') {
            has_star = true;
            behind_star = pattern = bytes_skip(pattern, 1);
            retry = text;
        } else if (pattern.len && (wanted == '?' || equal(wanted, text.data[0]))) {
            pattern = bytes_skip(pattern, 1);
            text = bytes_skip(text, 1);
        } else if (has_star) {
            pattern = behind_star;
            text = retry = bytes_skip(retry, 1);
        } else {
            return false;
        }
    }
    while (pattern.len && pattern.data[0] == '*')
        pattern = bytes_skip(pattern, 1);
    return pattern.len == 0;
}

static enum pattern_verdict match_list(struct bytes text, struct bytes list, equal_fn equal)
{
    enum pattern_verdict verdict = PATTERN_NONE;
    while (list.len) {
        struct bytes pattern = bytes_cut(&list, ',');
        bool is_negated = bytes_starts(pattern, "!");
        if (!match(text, is_negated ? bytes_skip(pattern, 1) : pattern, equal))
            continue;
        if (is_negated)
            return PATTERN_NEGATED;
        verdict = PATTERN_MATCH;
    }
    return verdict;
}

bool pattern_match(struct bytes text, struct bytes pattern)
{
    return match(text, pattern, equal_octets);
}

bool pattern_match_host(struct bytes text, struct bytes pattern)
{
    return match(text, pattern, equal_letters);
}

enum pattern_verdict pattern_list(struct bytes text, struct bytes comma_list)
{
    return match_list(text, comma_list, equal_octets);
}

enum pattern_verdict pattern_list_host(struct bytes text, struct bytes comma_list)
{
    return match_list(text, comma_list, equal_letters);
}
