/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of ladder.def, for every renderer of the same facts: which event makes a row, of what kind, in which step of
 * a connection. */
#pragma once

#include <stddef.h>

enum ladder_step {
    LADDER_STEP_NONE,
    LADDER_STEP_FIND,
    LADDER_STEP_CONNECT,
    LADDER_STEP_HELLO,
    LADDER_STEP_KEYS,
    LADDER_STEP_LOGIN,
    LADDER_STEP_SESSION,
};

enum ladder_kind { LADDER_LANE, LADDER_NOTE, LADDER_GOOD, LADDER_WARN };

struct ladder_row {
    const char *event;
    enum ladder_step step;
    enum ladder_kind kind;
    const char *text;
    const char *remark_to_server, *remark_to_client;
};

/* In the order of the table: an event may have several. */
extern const struct ladder_row ladder_rows[];
extern const size_t ladder_rows_count;

/* "SAY HELLO (plain text)"; NULL for LADDER_STEP_NONE. */
const char *ladder_rows_title(enum ladder_step step);
