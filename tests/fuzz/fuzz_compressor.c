/* SPDX-License-Identifier: BSD-2-Clause */
/* What is compressed comes back; what decompresses never exceeds the limit, and an error leaves no more
 * than that behind. */
#include "fuzz/fuzz.h"
#include "ssh/transport/compressor.h"

enum { LIMIT = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size < LIMIT / 2 ? size : LIMIT / 2);
    struct compressor *deflates = compressor_new(true);
    struct compressor *inflates = compressor_new(false);
    struct compressor *wild = compressor_new(false);
    scoped(buf) small = BUF_EMPTY(LIMIT);
    scoped(buf) back = BUF_EMPTY(LIMIT);
    for (int turn = 0; turn < 2 && in.len; turn++) {
        CHECK(compressor_apply(deflates, in, &small) == OK);
        CHECK(compressor_apply(inflates, buf_bytes(&small), &back) == OK);
        CHECK(bytes_equal(buf_bytes(&back), in));
    }
    enum err err = compressor_apply(wild, in, &back);
    CHECK(err == OK || err == ERR_BAD_COMPRESSION);
    CHECK(buf_len(&back) <= LIMIT);
    compressor_free(deflates);
    compressor_free(inflates);
    compressor_free(wild);
    return 0;
}
