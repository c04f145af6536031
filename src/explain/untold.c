/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/untold.h"

#include <stdio.h>
#include <string.h>

static struct untold_kind *find(struct untold *u, const char *name, bool to_server)
{
    for (size_t i = 0; i < u->kinds_count; i++) {
        if (strcmp(u->kinds[i].name, name) == 0 && u->kinds[i].to_server == to_server)
            return &u->kinds[i];
    }
    if (u->kinds_count == UNTOLD_KINDS)
        return NULL;
    struct untold_kind *kind = &u->kinds[u->kinds_count++];
    *kind = (struct untold_kind){ .to_server = to_server };
    (void)snprintf(kind->name, sizeof(kind->name), "%s", name);
    return kind;
}

void untold_add(struct untold *u, const char *name, bool to_server)
{
    struct untold_kind *kind = find(u, name, to_server);
    u->count++;
    if (kind)
        kind->count++;
}

bool untold_format(const struct untold *u, char *out, size_t size)
{
    unsigned long long others = u->count;
    size_t len;
    (void)snprintf(out, size, "%llu more message%s:", u->count, u->count == 1 ? "" : "s");
    for (size_t i = 0; i < u->kinds_count; i++) {
        const struct untold_kind *kind = &u->kinds[i];
        len = strlen(out);
        (void)snprintf(out + len, size - len, "%s %llu %s from the %s", i ? "," : "", kind->count,
                       kind->name, kind->to_server ? "client" : "server");
        others -= kind->count;
    }
    len = strlen(out);
    if (others)
        (void)snprintf(out + len, size - len, ", %llu of other kinds", others);
    if (u->count == 0)
        out[0] = 0;
    return u->count != 0;
}
