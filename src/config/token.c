/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/token.h"

#include "config/place.h"

#include <stdio.h>
#include <string.h>

const char *token_variable(const char *const *environment, struct bytes name)
{
    for (; environment && *environment; environment++) {
        struct bytes value = bytes_text(*environment);
        if (bytes_equal(bytes_cut(&value, '='), name))
            return *environment + name.len + (strlen(*environment) > name.len);
    }
    return NULL;
}

static enum err refuse(struct token_problem *problem, const char *what, struct bytes which,
                       const char *end)
{
    (void)snprintf(problem->text, sizeof(problem->text), "%s%s%s", what, place_quote(which).text,
                   end);
    return ERR_BAD_VALUE;
}

static enum err expand_home(const struct token_set *set, struct bytes *text, struct buf *out,
                            struct token_problem *problem)
{
    if (!set->home || !bytes_starts(*text, "~"))
        return OK;
    struct bytes name = bytes_slice(*text, 1, bytes_find(*text, '/') - 1);
    if (name.len)
        return refuse(problem, "the home of user ", name, " is not known here");
    *text = bytes_skip(*text, 1);
    return buf_append_text(out, set->home);
}

/* With *text at the "$". */
static enum err expand_variable(const struct token_set *set, struct bytes *text, struct buf *out,
                                struct token_problem *problem)
{
    size_t end = bytes_find(*text, '}');
    struct bytes name = bytes_slice(*text, 2, end - 2);
    if (end == text->len || name.len == 0)
        return refuse(problem, "environment variable expansion is not closed: ", *text, "");
    const char *value = token_variable(set->environment, name);
    if (!value)
        return refuse(problem, "env var ${", name, "} has no value");
    *text = bytes_skip(*text, end + 1);
    return buf_append_text(out, value);
}

/* With *text at the "%". */
static enum err expand_token(const struct token_set *set, struct bytes *text, struct buf *out,
                             struct token_problem *problem)
{
    struct bytes letter = bytes_slice(*text, 1, 1);
    struct bytes token = bytes_slice(*text, 0, 2);
    *text = bytes_skip(*text, 2);
    if (bytes_is(letter, "%"))
        return buf_append(out, letter);
    for (size_t i = 0; i < set->count; i++) {
        if (letter.len && letter.data[0] == (uint8_t)set->tokens[i].letter)
            return buf_append_text(out, set->tokens[i].value);
    }
    return refuse(problem, "unknown key ", token, "");
}

enum err token_expand(const struct token_set *set, const char *text, struct buf *out,
                      struct token_problem *problem)
{
    struct bytes rest = bytes_text(text);
    problem->text[0] = 0;
    TRY(expand_home(set, &rest, out, problem));
    while (rest.len) {
        if (rest.data[0] == '%') {
            TRY(expand_token(set, &rest, out, problem));
        } else if (set->has_environment && bytes_starts(rest, "${")) {
            TRY(expand_variable(set, &rest, out, problem));
        } else {
            TRY(buf_append(out, bytes_slice(rest, 0, 1)));
            rest = bytes_skip(rest, 1);
        }
    }
    return OK;
}
