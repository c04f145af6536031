/* SPDX-License-Identifier: BSD-2-Clause */
/* What the fuzz targets share. A target states a property of one module with CHECK; under libFuzzer it
 * is driven by the fuzzer, in ordinary test runs by replay.c with the committed corpus. */
#pragma once

#include "base/buf.h"
#include "base/check.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy that ends where its memory ends, so that the sanitizer sees every read behind it. */
static inline struct span fuzz_copy(struct bytes in)
{
    uint8_t *copy = malloc(in.len ? in.len : 1);
    CHECK(copy != NULL);
    if (in.len)
        memcpy(copy, in.data, in.len);
    return (struct span){ copy, in.len };
}

/* Takes the first octet as a choice below `count`. */
static inline unsigned fuzz_choice(struct bytes *in, unsigned count)
{
    unsigned choice = in->len ? in->data[0] % count : 0;
    *in = bytes_skip(*in, 1);
    return choice;
}

/* Takes a part off the front: a length octet (up to 255 octets), then the octets. */
static inline struct bytes fuzz_part(struct bytes *in)
{
    size_t len = fuzz_choice(in, 256);
    struct bytes part = bytes_slice(*in, 0, len);
    *in = bytes_skip(*in, part.len);
    return part;
}
