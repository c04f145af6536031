/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes an untrusted peer's text safe for a terminal: control characters (C0, DEL, C1), invalid
 * UTF-8 and characters that change the direction of text become \xNN or \u{N} escapes. */
#pragma once

#include "base/buf.h"

enum escape_flags {
    ESCAPE_LINE = 0,       /* newlines are escaped too: the result is one line */
    ESCAPE_KEEP_LINES = 1, /* newline and tab stay, CR LF becomes newline: for banners, prompts */
};

/* Appends the escaped text to `out`: at most `max` octets, and "..." if it was cut.
 * ERR_NO_SPACE when the buf's limit is reached. */
NODISCARD enum err escape_append(struct buf *out, struct bytes text, enum escape_flags flags,
                                 size_t max);

/* The same into a C string of `size` octets, always terminated; cut with "..." when too long. */
const char *escape_text(struct bytes text, char *out, size_t size);
