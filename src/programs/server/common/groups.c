/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/groups.h"

#include "base/check.h"

#include <grp.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS_MAX = 65536 };

static void add(struct groups *groups, gid_t id)
{
    const struct group *group = getgrgid(id);
    if (!group)
        return;
    groups->names[groups->count] = strdup(group->gr_name);
    CHECK(groups->names[groups->count]);
    groups->count++;
}

void groups_of(const struct account *account, struct groups *groups)
{
    *groups = (struct groups){ 0 };
    int count = GROUPS_MAX;
    gid_t *ids = calloc(GROUPS_MAX, sizeof(*ids));
    CHECK(ids);
    if (getgrouplist(account->name, account->gid, ids, &count) >= 0) {
        groups->names = calloc((size_t)count, sizeof(*groups->names));
        CHECK(count == 0 || groups->names);
        for (int i = 0; i < count; i++)
            add(groups, ids[i]);
    }
    free(ids);
}

void groups_wipe(struct groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        free((void *)(uintptr_t)groups->names[i]);
    free(groups->names);
    *groups = (struct groups){ 0 };
}
