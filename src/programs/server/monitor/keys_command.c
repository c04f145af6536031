/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/keys_command.h"

#include "base/base64.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/reader.h"
#include "base/writer.h"
#include "config/token.h"
#include "config/words.h"

#include <stdio.h>
#include <string.h>

enum { NUMBER_TEXT_MAX = 24, TYPE_MAX = 64, CONNECTION_MAX = 256, TOKEN_COUNT = 8 };

/* The values of the tokens. */
struct values {
    char uid[NUMBER_TEXT_MAX], type[TYPE_MAX], connection[CONNECTION_MAX];
    struct buf key;
    struct token tokens[TOKEN_COUNT];
};

static enum err fill(const struct keys_command_about *about, struct values *v)
{
    struct reader r = reader_over(about->blob, NULL);
    const char *blank = strchr(about->key_name, ' ');
    buf_init(&v->key, 2 * LIMIT_KEY_BLOB);
    (void)snprintf(v->uid, sizeof(v->uid), "%lu", (unsigned long)about->account->uid);
    (void)snprintf(v->connection, sizeof(v->connection), "%s %u %s %u", about->peer->address,
                   about->peer->port, about->local->address, about->local->port);
    if (!bytes_to_text(reader_string(&r, "type"), v->type, sizeof(v->type)))
        return ERR_BAD_VALUE;
    TRY(base64_encode(about->blob, true, &v->key));
    const struct token tokens[TOKEN_COUNT] = {
        { 'C', v->connection },
        { 'D', "" },
        { 'f', blank ? blank + 1 : about->key_name },
        { 'h', about->account->home },
        { 'k', buf_text(&v->key) },
        { 't', v->type },
        { 'U', v->uid },
        { 'u', about->account->name },
    };
    memcpy(v->tokens, tokens, sizeof(tokens));
    return OK;
}

static enum err expand(const char *command, const struct values *v, struct buf *out, size_t *count,
                       const char **problem)
{
    const struct token_set set = { .tokens = v->tokens, .count = TOKEN_COUNT };
    struct token_problem unknown;
    struct bytes rest = bytes_text(command);
    scoped(buf) word = BUF_EMPTY(KEYS_COMMAND_MAX);
    enum words_result result;
    for (*count = 0; (result = words_next(&rest, &word)) == WORDS_WORD; ++*count) {
        scoped(buf) expanded = BUF_EMPTY(KEYS_COMMAND_MAX);
        *problem = "has an unknown token";
        TRY(*count == 0 ? buf_append(&expanded, buf_bytes(&word))
                        : token_expand(&set, buf_text(&word), &expanded, &unknown));
        struct writer w = writer_to(out);
        writer_string(&w, buf_bytes(&expanded));
        *problem = "is too long";
        TRY(writer_end(&w));
    }
    *problem = "contains invalid quotes";
    return result == WORDS_END && *count > 0 ? OK : ERR_BAD_VALUE;
}

enum err keys_command_expand(const char *command, const struct keys_command_about *about,
                             struct buf *words, const char **problem)
{
    struct values values;
    size_t count = 0;
    *problem = "cannot be told of that key";
    enum err err = fill(about, &values);
    if (err == OK)
        err = expand(command, &values, words, &count, problem);
    if (err == OK && count == 1) {
        struct writer w = writer_to(words);
        writer_text(&w, about->account->name);
        err = writer_end(&w);
    }
    buf_wipe(&values.key);
    return err;
}
