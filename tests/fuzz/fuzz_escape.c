/* SPDX-License-Identifier: BSD-2-Clause */
/* Nothing that moves a terminal's cursor or changes its state comes out, and what is escaped stays within
 * its bound; escaping what was escaped changes nothing but backslashes. */
#include "base/escape.h"
#include "fuzz/fuzz.h"

enum { ROOM = 64 * 1024 };

static void must_be_harmless(struct bytes text, bool keeps_lines)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool is_kept = keeps_lines && (c == '\n' || c == '\t');
        CHECK(is_kept || (c >= 0x20 && c != 0x7f));
        /* C1 in UTF-8: C2 80 to C2 9F. */
        CHECK(c != 0xc2 || (i + 1 < text.len && text.data[i + 1] >= 0xa0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    bool keeps_lines = fuzz_choice(&in, 2);
    size_t max = 64 + 16 * fuzz_choice(&in, 256);
    scoped(buf) out = BUF_EMPTY(ROOM);
    enum escape_flags flags = keeps_lines ? ESCAPE_KEEP_LINES : ESCAPE_LINE;
    CHECK(escape_append(&out, in, flags, max) == OK);
    CHECK(buf_len(&out) <= max + 3);
    must_be_harmless(buf_bytes(&out), keeps_lines);

    char text[100];
    (void)escape_text(in, text, sizeof(text));
    CHECK(strnlen(text, sizeof(text)) < sizeof(text));
    must_be_harmless(bytes_text(text), false);
    return 0;
}
