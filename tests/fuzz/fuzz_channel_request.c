/* SPDX-License-Identifier: BSD-2-Clause */
/* A request that decodes encodes to one that decodes and encodes to the same octets; what becomes a C
 * string at the other end has no NUL and is within its limit. */
#include "fuzz/fuzz.h"
#include "ssh/channel/channel_request.h"

enum { ROOM = 1024 * 1024 };

static void must_be_a_text(struct bytes text, size_t max)
{
    CHECK(text.len <= max && bytes_find(text, 0) == text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size < ROOM / 2 ? size : ROOM / 2);
    enum channel_request_kind kind = fuzz_choice(&in, CHANNEL_REQUEST_OTHER);
    struct bytes name = bytes_text(channel_request_name(kind));
    struct channel_request request, again;
    if (channel_request_decode(name, true, in, NULL, &request) != OK)
        return 0;
    CHECK(request.kind == kind);
    must_be_a_text(request.term, CHANNEL_REQUEST_TERM_MAX);
    must_be_a_text(request.variable, CHANNEL_REQUEST_VARIABLE_MAX);
    must_be_a_text(request.text, CHANNEL_REQUEST_COMMAND_MAX);
    CHECK(request.modes.len <= CHANNEL_REQUEST_MODES_MAX);

    scoped(buf) first = BUF_EMPTY(ROOM);
    scoped(buf) second = BUF_EMPTY(ROOM);
    CHECK(channel_request_encode(&first, &request) == OK);
    CHECK(channel_request_decode(name, true, buf_bytes(&first), NULL, &again) == OK);
    CHECK(channel_request_encode(&second, &again) == OK);
    CHECK(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
    return 0;
}
