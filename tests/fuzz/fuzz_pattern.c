/* SPDX-License-Identifier: BSD-2-Clause */
/* A pattern without wildcards matches its own text alone; "*" in front of any pattern still matches what
 * it matched; the case of letters counts for hosts only. */
#include "base/pattern.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = bytes_of(data, size);
    struct bytes text = fuzz_part(&rest);
    struct bytes pattern = bytes_slice(rest, 0, 255);

    bool matches = pattern_match(text, pattern);
    bool is_plain =
        bytes_find(pattern, '*') == pattern.len && bytes_find(pattern, '?') == pattern.len;
    if (is_plain)
        CHECK(matches == bytes_equal(text, pattern));
    if (matches)
        CHECK(pattern_match_host(text, pattern));

    scoped(buf) wider = BUF_EMPTY(256);
    CHECK(buf_append_text(&wider, "*") == OK && buf_append(&wider, pattern) == OK);
    if (matches)
        CHECK(pattern_match(text, buf_bytes(&wider)));

    bool is_list = bytes_find(pattern, ',') < pattern.len || bytes_find(pattern, '!') < pattern.len;
    if (!is_list && pattern.len && bytes_trim(pattern).len == pattern.len)
        CHECK((pattern_list(text, pattern) == PATTERN_MATCH) == matches);
    (void)pattern_list_host(text, pattern);
    return 0;
}
