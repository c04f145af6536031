/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/ladder_rows.h"

const struct ladder_row ladder_rows[] = {
#define ROW(event, step, kind, text, to_server, to_client) \
    { event, LADDER_STEP_##step, LADDER_##kind, text, to_server, to_client },
#include "explain/ladder.def"
#undef ROW
};

const size_t ladder_rows_count = sizeof(ladder_rows) / sizeof(ladder_rows[0]);

const char *ladder_rows_title(enum ladder_step step)
{
    static const char *const titles[] = {
        [LADDER_STEP_NONE] = NULL,
        [LADDER_STEP_FIND] = "FIND THE ADDRESS",
        [LADDER_STEP_CONNECT] = "OPEN A TCP CONNECTION (three-way handshake)",
        [LADDER_STEP_HELLO] = "SAY HELLO (plain text)",
        [LADDER_STEP_KEYS] = "AGREE ON ALGORITHMS AND MAKE A SHARED SECRET",
        [LADDER_STEP_LOGIN] = "PROVE WHO YOU ARE (encrypted)",
        [LADDER_STEP_SESSION] = "OPEN A SESSION (encrypted)",
    };
    return titles[step];
}
