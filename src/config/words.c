/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/words.h"

#include "base/check.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct bytes skip_blanks(struct bytes text)
{
    size_t count = 0;
    while (count < text.len && is_blank(text.data[count]))
        count++;
    return bytes_skip(text, count);
}

static struct bytes drop_blanks_at_end(struct bytes text)
{
    while (text.len && (is_blank(text.data[text.len - 1]) || text.data[text.len - 1] == '\f'))
        text.len--;
    return text;
}

static bool ends_keyword(uint8_t c)
{
    return is_blank(c) || c == '=' || c == '"';
}

void words_split(struct bytes line, struct bytes *keyword, struct bytes *arguments)
{
    struct bytes rest = skip_blanks(drop_blanks_at_end(line));
    *keyword = *arguments = BYTES_NONE;
    if (rest.len == 0 || rest.data[0] == '#')
        return;
    if (rest.data[0] == '"') {
        rest = bytes_skip(rest, 1);
        *keyword = bytes_cut(&rest, '"');
    } else {
        size_t len = 0;
        while (len < rest.len && !ends_keyword(rest.data[len]))
            len++;
        *keyword = bytes_slice(rest, 0, len);
        rest = bytes_skip(rest, len);
    }
    rest = skip_blanks(rest);
    if (rest.len && rest.data[0] == '=')
        rest = skip_blanks(bytes_skip(rest, 1));
    *arguments = rest;
}

static void add(struct buf *word, uint8_t c)
{
    enum err err = buf_append(word, bytes_of(&c, 1));
    CHECK(err == OK);
}

/* Whether a backslash before this character escapes it. */
static bool is_escapable(uint8_t c, uint8_t quote)
{
    return c == '"' || c == '\'' || c == '\\' || (c == ' ' && quote == 0);
}

enum words_result words_next(struct bytes *arguments, struct buf *word)
{
    struct bytes in = skip_blanks(*arguments);
    *arguments = BYTES_NONE;
    buf_clear(word);
    if (in.len == 0 || in.data[0] == '#')
        return WORDS_END;

    uint8_t quote = 0;
    size_t at = 0;
    for (; at < in.len && (quote != 0 || !is_blank(in.data[at])); at++) {
        uint8_t c = in.data[at];
        if (c == '\\' && at + 1 < in.len && is_escapable(in.data[at + 1], quote))
            add(word, in.data[++at]);
        else if (quote == 0 && (c == '"' || c == '\''))
            quote = c;
        else if (quote != 0 && c == quote)
            quote = 0;
        else
            add(word, c);
    }
    if (quote != 0)
        return WORDS_BAD_QUOTES;
    *arguments = bytes_skip(in, at);
    return WORDS_WORD;
}

enum err words_quote(struct bytes text, struct buf *out)
{
    TRY(buf_append_text(out, "\""));
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\' || text.data[i] == '\'')
            TRY(buf_append_text(out, "\\"));
        TRY(buf_append(out, bytes_of(text.data + i, 1)));
    }
    return buf_append_text(out, "\"");
}
