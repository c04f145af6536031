/* SPDX-License-Identifier: BSD-2-Clause */
/* What is told of a captured frame fits into it, and any frame has a name for its flags. */
#include "fuzz/fuzz.h"
#include "os/tcp_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tcp_frame frame;
    if (!tcp_frame_parse(bytes_of(data, size), &frame))
        return 0;
    CHECK(tcp_frame_flags(&frame)[0] != 0);
    CHECK(frame.window_scale >= -1 && frame.window_scale <= 14);
    return 0;
}
