/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust/authorized_keys.h"

#include "base/limits.h"
#include "keys/public_key.h"
#include "trust/text_lines.h"

/* Whether the text is "type base64 [comment]" of this key. */
static bool is_key(struct bytes text, struct bytes blob)
{
    scoped(buf) own = BUF_EMPTY(LIMIT_KEY_BLOB);
    struct bytes type, comment;
    return public_key_parse_line(text, &type, &own, &comment) == OK &&
           bytes_equal(buf_bytes(&own), blob);
}

/* Reads the line's options, if any; returns why the line does not let the key in, or NULL if it does. */
static const char *refusal_of(struct bytes text,
                              const struct key_options_circumstances *circumstances,
                              struct key_options *options)
{
    if (text.len && key_options_parse(options, text) != OK)
        return "an option is unknown or has a wrong value";
    if (options->is_authority)
        return "it is a certificate authority, which does not log in itself";
    return key_options_refusal(options, circumstances);
}

/* Whether the line has this key; *text then has its options, or nothing. */
static bool has_key(struct bytes line, struct bytes blob, struct bytes *text)
{
    *text = BYTES_NONE;
    return is_key(line, blob) || (key_options_split(&line, text) && is_key(line, blob));
}

struct authorized_keys_answer authorized_keys_find(
    struct bytes text, struct bytes blob, const struct key_options_circumstances *circumstances,
    struct key_options *options)
{
    struct authorized_keys_answer answer = { 0 };
    struct text_lines lines = text_lines_of(text);
    struct bytes line, option_text;
    key_options_init(options);
    while (text_lines_next(&lines, &line)) {
        if (!has_key(line, blob, &option_text))
            continue;
        const char *refusal = refusal_of(option_text, circumstances, options);
        if (!refusal)
            return (struct authorized_keys_answer){ .line = lines.number };
        if (answer.refused_line == 0)
            answer = (struct authorized_keys_answer){ 0, lines.number, refusal };
        key_options_wipe(options);
        key_options_init(options);
    }
    key_options_wipe(options);
    return answer;
}
