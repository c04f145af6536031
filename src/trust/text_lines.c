/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust/text_lines.h"

#include "base/limits.h"

struct text_lines text_lines_of(struct bytes text)
{
    return (struct text_lines){ .rest = text };
}

bool text_lines_next(struct text_lines *lines, struct bytes *line)
{
    while (lines->rest.len) {
        struct bytes next = bytes_cut(&lines->rest, '\n');
        lines->number++;
        if (bytes_ends(next, "\r"))
            next.len--;
        *line = bytes_trim(next);
        if (line->len && line->data[0] != '#' && next.len <= LIMIT_LINE &&
            bytes_find(*line, 0) == line->len)
            return true;
    }
    return false;
}

struct bytes text_lines_word(struct bytes *line)
{
    size_t blank = bytes_find(*line, ' ');
    size_t tab = bytes_find(*line, '\t');
    struct bytes word = bytes_slice(*line, 0, blank < tab ? blank : tab);
    *line = bytes_trim(bytes_skip(*line, word.len));
    return word;
}
