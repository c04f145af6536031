/* SPDX-License-Identifier: BSD-2-Clause */
/* A table of options: its rows, other names for them, and the OpenSSH keywords that are read without
 * effect. Here the rule is applied that the first value wins. */
#pragma once

#include "config/option.h"

struct option_alias {
    const char *name;
    const char *keyword;
};

/* A keyword for a feature that we do not have, and the values with which it asks for nothing. */
struct option_ignored {
    const char *keyword;
    bool in_match; /* sshd_config: it may stand after a Match */
    const char
        *values; /* separated by "|"; "*" for any; "" for none: the keyword is always refused */
    const char *shown;  /* to print, unless any is taken and one was given; NULL: nothing */
    const char *reason; /* why other values are refused; also for the manual page */
};

/* A keyword that is understood, but of which the program supports only these values so far; the first is
 * its default. */
struct option_pending {
    const char *keyword; /* NULL ends the list */
    const char *values;  /* separated by "|" */
    const char *reason;  /* why other values are refused; also for the manual page */
};

struct option_table {
    const struct option_row *rows;
    size_t row_count;
    const struct option_alias *aliases;
    size_t alias_count;
    const struct option_ignored *ignored;
    size_t ignored_count;
};

/* Where the values go. */
struct option_target {
    void *base; /* the struct the rows' offsets are of */
    /* One for each row: where it was first set, with NULL for `problems`; no file: not set. */
    struct place *set_at;
    struct text_store *texts;
    const struct option_pending *pending; /* or NULL */
    /* One for each ignored keyword that takes any value: what was given, or NULL. NULL if they will not be printed. */
    const char **noted;
};

/* The row of that keyword or alias, in any case, or NULL. */
const struct option_row *option_table_find(const struct option_table *table, struct bytes keyword);

/* The same among the ignored keywords, which have no aliases. */
const struct option_ignored *option_table_find_ignored(const struct option_table *table,
                                                       struct bytes keyword);

/* Whether the table has the keyword, be it an ignored one. */
bool option_table_knows(const struct option_table *table, struct bytes keyword);

/* Whether it may stand after a Match of sshd_config. */
bool option_table_in_match(const struct option_table *table, struct bytes keyword);

/* Takes one line. With `applies` false it is only checked, as lines for other hosts are.
 * ERR_BAD_VALUE for unknown keywords and bad values; the problem is reported at `place`. */
NODISCARD enum err option_table_set(const struct option_table *table,
                                    const struct option_target *target, struct bytes keyword,
                                    struct bytes arguments, bool applies,
                                    const struct place *place);

/* The same with one value that is taken as it is, whatever it contains. */
NODISCARD enum err option_table_put(const struct option_table *table,
                                    const struct option_target *target, const char *keyword,
                                    struct bytes value, const struct place *place);

/* Sets every option that was not given to its default. */
void option_table_defaults(const struct option_table *table, const struct option_target *target);

NODISCARD enum err option_table_print(const struct option_table *table, const void *base,
                                      struct buf *out);
