/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/include.h"

#include "base/limits.h"
#include "config/words.h"

static enum err follow_pattern(const struct include *include, const char *pattern,
                               const struct place *place, include_read_fn read, void *context)
{
    const struct config_source *source = include->source;
    for (size_t index = 0;; index++) {
        scoped(buf) name = BUF_EMPTY(LIMIT_LINE);
        scoped(buf) content = BUF_EMPTY(LIMIT_CONFIG_FILE);
        switch (source->read(source->context, pattern, index, &name, &content)) {
        case CONFIG_SOURCE_END:
            return OK;
        case CONFIG_SOURCE_FAILED:
            return place_report(place, "Can't open %s", place_quote(buf_bytes(&name)).text);
        case CONFIG_SOURCE_UNSAFE:
            return place_report_unsafe(place, buf_text(&name));
        case CONFIG_SOURCE_FILE:
            if (*include->files_left == 0)
                return place_report(place, "Too many configuration includes");
            --*include->files_left;
            read(context, buf_text(&name), buf_bytes(&content));
            break;
        }
    }
}

enum err include_follow(const struct include *include, struct bytes arguments,
                        const struct place *place, include_read_fn read, void *context)
{
    scoped(buf) word = BUF_EMPTY(LIMIT_LINE);
    enum words_result result = words_next(&arguments, &word);
    if (result == WORDS_END)
        return place_report(place, "no argument after keyword \"include\"");
    if (!include->source || include->depth == INCLUDE_DEPTH)
        return place_report(place, "Too many recursive configuration includes");
    for (; result == WORDS_WORD; result = words_next(&arguments, &word)) {
        if (buf_len(&word) == 0)
            return place_report(place, "keyword include empty argument");
        TRY(follow_pattern(include, buf_text(&word), place, read, context));
    }
    return result == WORDS_END ? OK : place_report(place, "invalid quotes");
}
