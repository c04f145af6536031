/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of a trust file that say something, numbered as an editor does. Ends of CR LF are fine, and a
 * last line without one. */
#pragma once

#include "base/bytes.h"

struct text_lines {
    struct bytes rest;
    size_t number; /* of the line given last, from 1 */
};

struct text_lines text_lines_of(struct bytes text);

/* Gives the next line without blanks at its ends. Empty lines, comments ('#'), lines longer than
 * LIMIT_LINE and lines with a NUL inside are passed over. False at the end. */
bool text_lines_next(struct text_lines *lines, struct bytes *line);

/* Takes the first word, up to a blank or tab, and moves *line to what follows the blanks behind it. */
struct bytes text_lines_word(struct bytes *line);
