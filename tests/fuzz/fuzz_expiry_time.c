/* SPDX-License-Identifier: BSD-2-Clause */
/* A time that parses lies between the years 1 and 9999; a Z behind it makes it UTC and nothing else. */
#include "fuzz/fuzz.h"
#include "trust/expiry_time.h"

enum { YEAR_SECONDS = 366 * 24 * 3600 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t at, at_utc;
    bool is_utc;
    struct bytes text = bytes_of(data, size < 64 ? size : 64);
    if (expiry_time_parse(text, &at, &is_utc) != OK)
        return 0;
    CHECK(at >= -(int64_t)1970 * YEAR_SECONDS && at < (int64_t)8031 * YEAR_SECONDS);
    if (is_utc)
        return 0;
    scoped(buf) utc = BUF_EMPTY(100);
    CHECK(buf_append(&utc, text) == OK && buf_append_text(&utc, "Z") == OK);
    CHECK(expiry_time_parse(buf_bytes(&utc), &at_utc, &is_utc) == OK);
    CHECK(is_utc && at_utc == at);
    return 0;
}
