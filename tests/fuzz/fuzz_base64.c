/* SPDX-License-Identifier: BSD-2-Clause */
/* What decodes encodes back to the same text, and whatever is encoded decodes. */
#include "base/base64.h"
#include "fuzz/fuzz.h"

enum { ROOM = 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size < ROOM / 2 ? size : ROOM / 2);
    scoped(buf) octets = BUF_EMPTY(ROOM);
    scoped(buf) text = BUF_EMPTY(ROOM);
    if (base64_decode(in, &octets) == OK) {
        CHECK(base64_encode(buf_bytes(&octets), true, &text) == OK);
        CHECK(bytes_equal(buf_bytes(&text), in));
    }
    buf_clear(&octets);
    buf_clear(&text);
    CHECK(base64_encode(in, true, &text) == OK);
    CHECK(base64_decode(buf_bytes(&text), &octets) == OK);
    CHECK(bytes_equal(buf_bytes(&octets), in));
    return 0;
}
