/* SPDX-License-Identifier: BSD-2-Clause */
/* Expands "~", "${NAME}" and "%x" in values, as described under TOKENS in ssh_config(5). The result of an
 * expansion is not expanded again. */
#pragma once

#include "base/buf.h"

enum { TOKEN_PROBLEM_MAX = 128 };

struct token {
    char letter;
    const char *value;
};

struct token_set {
    const struct token *tokens; /* %% is always known */
    size_t count;
    bool has_environment;           /* whether ${NAME} is expanded */
    const char *const *environment; /* NAME=value, NULL at the end; NULL: empty */
    const char *home;               /* for "~" and "~/" in front; NULL: "~" stays */
};

struct token_problem {
    char text[TOKEN_PROBLEM_MAX];
};

/* Appends the expanded text. ERR_BAD_VALUE for an unknown token, a variable that is not set, and another
 * user's home; `problem` then says which. ERR_NO_SPACE over the limit of `out`. */
NODISCARD enum err token_expand(const struct token_set *set, const char *text, struct buf *out,
                                struct token_problem *problem);

/* The value of the variable, borrowed from the environment, or NULL. */
const char *token_variable(const char *const *environment, struct bytes name);
