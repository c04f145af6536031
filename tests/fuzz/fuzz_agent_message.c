/* SPDX-License-Identifier: BSD-2-Clause */
/* A list of keys has as many as it says, each within the frame; a frame's length is known from its first
 * four octets and does not change when more arrives. */
#include "agent/agent_message.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes frame = bytes_of(data, size);
    size_t len, len_early;
    enum err err = agent_message_frame_len(frame, &len);
    enum err err_early = agent_message_frame_len(bytes_slice(frame, 0, 4), &len_early);
    CHECK(err == err_early && (err != OK || len == len_early));

    struct bytes keys, blob, comment, signature;
    size_t count, seen = 0;
    if (agent_message_decode_list(frame, &keys, &count) == OK) {
        while (agent_message_next_key(&keys, &blob, &comment)) {
            CHECK(blob.len + comment.len <= frame.len);
            seen++;
        }
        CHECK(seen == count);
    }
    if (agent_message_decode_signature(frame, &signature) == OK)
        CHECK(signature.len <= frame.len);
    return 0;
}
