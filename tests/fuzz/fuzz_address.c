/* SPDX-License-Identifier: BSD-2-Clause */
/* A list that starts with the refusal of everything never lets an address in. */
#include "base/address.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes list = bytes_of(data, size < 4096 ? size : 4096);
    struct bytes address = fuzz_part(&list);
    enum pattern_verdict verdict = address_list(address, list);

    scoped(buf) closed = BUF_EMPTY(8192);
    CHECK(buf_append_text(&closed, "!*,") == OK && buf_append(&closed, list) == OK);
    CHECK(address_list(address, buf_bytes(&closed)) != PATTERN_MATCH);
    /* The same list twice says the same. */
    buf_clear(&closed);
    CHECK(buf_append(&closed, list) == OK && buf_append_text(&closed, ",") == OK &&
          buf_append(&closed, list) == OK);
    if (list.len)
        CHECK(address_list(address, buf_bytes(&closed)) == verdict);
    return 0;
}
