/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/rlimits.h"

#include <stddef.h>

static const struct {
    int resource;
    rlim_t most;
} rows[] = {
#define LIMIT(name, most) { RLIMIT_##name, most },
#include "programs/server/common/rlimits.def"
#undef LIMIT
};

enum err rlimits_set(bool explains)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rlimit limit;
        if (explains && rows[i].resource == RLIMIT_FSIZE)
            continue;
        if (getrlimit((__rlimit_resource_t)rows[i].resource, &limit) != 0)
            return ERR_SYSTEM;
        if (limit.rlim_max > rows[i].most)
            limit.rlim_max = rows[i].most;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit((__rlimit_resource_t)rows[i].resource, &limit) != 0)
            return ERR_SYSTEM;
    }
    return OK;
}

/* Within the process's hard limit. */
static void bound_data(pid_t worker, rlim_t most)
{
    struct rlimit limit;
    if (RLIMITS_DATA == RLIM_INFINITY || prlimit(worker, RLIMIT_DATA, NULL, &limit) != 0)
        return;
    limit.rlim_cur = most < limit.rlim_max ? most : limit.rlim_max;
    (void)prlimit(worker, RLIMIT_DATA, &limit, NULL);
}

void rlimits_hold(pid_t worker)
{
    bound_data(worker, RLIMITS_DATA_EARLY);
}

void rlimits_let_go(pid_t worker)
{
    bound_data(worker, RLIMITS_DATA);
}
