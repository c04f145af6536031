/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/pattern.h"

static uint8_t folded(uint8_t c, bool folds)
{
    return folds && c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

/* Only the last '*' needs to be tried again: what an earlier one could take, a later one can too. */
static bool match(struct bytes text, struct bytes pattern, bool folds)
{
    size_t t = 0, p = 0;
    size_t star = pattern.len, star_text = 0;
    while (t < text.len) {
        bool is_star = p < pattern.len && pattern.data[p] == '*';
        bool is_same = p < pattern.len && !is_star &&
                       (pattern.data[p] == '?' ||
                        folded(pattern.data[p], folds) == folded(text.data[t], folds));
        if (is_star) {
            star = p++;
            star_text = t;
        } else if (is_same) {
            t++;
            p++;
        } else if (star < pattern.len) {
            p = star + 1;
            t = ++star_text;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.data[p] == '*')
        p++;
    return p == pattern.len;
}

static enum pattern_verdict list_match(struct bytes text, struct bytes list, bool folds)
{
    enum pattern_verdict verdict = PATTERN_NO_MATCH;
    while (list.len) {
        struct bytes pattern = bytes_trim(bytes_cut(&list, ','));
        bool refuses = bytes_starts(pattern, "!");
        if (pattern.len == 0 || !match(text, bytes_skip(pattern, refuses), folds))
            continue;
        if (refuses)
            return PATTERN_REFUSED;
        verdict = PATTERN_MATCH;
    }
    return verdict;
}

bool pattern_match(struct bytes text, struct bytes pattern)
{
    return match(text, pattern, false);
}

enum pattern_verdict pattern_list(struct bytes text, struct bytes list)
{
    return list_match(text, list, false);
}

bool pattern_match_host(struct bytes host, struct bytes pattern)
{
    return match(host, pattern, true);
}

enum pattern_verdict pattern_list_host(struct bytes host, struct bytes list)
{
    return list_match(host, list, true);
}
