/* SPDX-License-Identifier: BSD-2-Clause */
/* A datagram that decodes encodes back to the same octets: there is one way to say a thing. */
#include "fuzz/fuzz.h"
#include "ipc/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes datagram = bytes_of(data, size < RECORD_LEN_MAX ? size : RECORD_LEN_MAX);
    struct record record;
    if (record_decode(datagram, &record) != OK)
        return 0;
    scoped(buf) again = BUF_EMPTY(RECORD_LEN_MAX);
    CHECK(record_encode(&record, &again) == OK);
    CHECK(bytes_equal(buf_bytes(&again), datagram));
    return 0;
}
