/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/place.h"

#include "base/escape.h"

#include <stdarg.h>
#include <stdio.h>

enum { REPORT_MAX = 512, LINE_MAX_LEN = 1024, TOTALS_MAX = 64 };

void place_init(struct buf *problems)
{
    buf_init(problems, PLACE_KEPT + TOTALS_MAX * LINE_MAX_LEN);
}

static void add_line(struct buf *problems, const char *text)
{
    enum err err = buf_format(problems, "%s\n", text);
    (void)err; /* after so many problems the rest may be dropped */
}

static void add_if_room(struct buf *problems, const char *text)
{
    if (buf_len(problems) < PLACE_KEPT)
        add_line(problems, text);
}

enum err place_report(const struct place *place, const char *format, ...)
{
    char text[REPORT_MAX];
    char line[LINE_MAX_LEN];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    (void)snprintf(line, sizeof(line), "%.400s line %u: %s", place->file, place->line, text);
    add_if_room(place->problems, line);
    return ERR_BAD_VALUE;
}

enum err place_report_keyword(const struct place *place, struct bytes keyword, const char *why)
{
    char line[LINE_MAX_LEN];
    struct place_quote shown = place_quote(keyword);
    for (char *c = shown.text; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
    (void)snprintf(line, sizeof(line), "%.400s: line %u: Bad configuration option: %s%s",
                   place->file, place->line, shown.text, why);
    add_if_room(place->problems, line);
    return ERR_BAD_VALUE;
}

enum err place_report_unsafe(const struct place *place, const char *file)
{
    char line[LINE_MAX_LEN];
    char shown[REPORT_MAX];
    (void)snprintf(line, sizeof(line), "Bad owner or permissions on %s",
                   escape_text(bytes_text(file), shown, sizeof(shown)));
    add_if_room(place->problems, line);
    return ERR_BAD_VALUE;
}

enum err place_report_total(const struct place *place, size_t count)
{
    char line[LINE_MAX_LEN];
    (void)snprintf(line, sizeof(line), "%.400s: terminating, %zu bad configuration options",
                   place->file, count);
    add_line(place->problems, line);
    return ERR_BAD_VALUE;
}

struct place_quote place_quote(struct bytes word)
{
    struct place_quote quote;
    (void)escape_text(word, quote.text, sizeof(quote.text));
    return quote;
}
