/* SPDX-License-Identifier: BSD-2-Clause */
/* Modes that decode encode to modes that decode to the same ones; a broken list changes nothing. */
#include "fuzz/fuzz.h"
#include "ssh/channel/terminal_modes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct termios before, modes, again;
    memset(&before, 0, sizeof(before));
    modes = before;
    if (terminal_modes_decode(bytes_of(data, size), &modes) != OK) {
        CHECK(memcmp(&before, &modes, sizeof(modes)) == 0);
        return 0;
    }
    scoped(buf) first = BUF_EMPTY(4096);
    scoped(buf) second = BUF_EMPTY(4096);
    CHECK(terminal_modes_encode(&modes, &first) == OK);
    again = before;
    CHECK(terminal_modes_decode(buf_bytes(&first), &again) == OK);
    CHECK(terminal_modes_encode(&again, &second) == OK);
    CHECK(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
    return 0;
}
