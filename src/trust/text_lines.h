/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of a trust file that have content, numbered as an editor does. Lines may end in CR LF, and the
 * last one without a line end. */
#pragma once

#include "base/bytes.h"

struct text_lines {
    struct bytes rest;
    size_t number; /* of the line returned last, from 1 */
};

struct text_lines text_lines_of(struct bytes text);

/* Gives the next line without blanks at its ends. Empty lines, comments ('#'), lines longer than
 * LIMIT_LINE and lines with a NUL inside are skipped. False at the end. */
bool text_lines_next(struct text_lines *lines, struct bytes *line);

/* Takes the first word, up to a blank or tab, and moves *line past the blanks that follow it. */
struct bytes text_lines_word(struct bytes *line);
