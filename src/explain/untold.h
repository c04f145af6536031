/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts messages that have no row of their own in the ladder, by name and direction, until a row shows the
 * counts. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { UNTOLD_KINDS = 8, UNTOLD_NAME_MAX = 64 };

struct untold {
    unsigned long long count;
    size_t kinds_count;
    struct untold_kind {
        char name[UNTOLD_NAME_MAX];
        bool to_server;
        unsigned long long count;
    } kinds[UNTOLD_KINDS]; /* further kinds are only in `count` */
};

void untold_add(struct untold *untold, const char *name, bool to_server);

/* "3 more messages: 2 CHANNEL_DATA from the server, 1 IGNORE from the client"; false, and no text, for none. */
bool untold_format(const struct untold *untold, char *out, size_t size);
