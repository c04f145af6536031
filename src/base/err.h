/* SPDX-License-Identifier: BSD-2-Clause */
/* The errors of the whole project, in one enum, with whose fault each is and a sentence for the user.
 * The list is err.def. OK is zero. */
#pragma once

#define NODISCARD __attribute__((warn_unused_result))

enum err {
    OK = 0,
#define ERR(name, blame, text) ERR_##name,
#include "base/err.def"
#undef ERR
    ERR_COUNT
};

enum err_blame { BLAME_SELF, BLAME_PEER, BLAME_SYSTEM };

/* Returns from the calling function when the expression is not OK: the only macro that returns. */
#define TRY(expr)                  \
    do {                           \
        enum err try_err = (expr); \
        if (try_err != OK)         \
            return try_err;        \
    } while (0)

/* The name ("TRUNCATED"), the sentence for the user, and who is to blame. */
const char *err_name(enum err err);
const char *err_text(enum err err);
enum err_blame err_blame(enum err err);
