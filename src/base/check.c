/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/check.h"

#include <stdlib.h>

static void (*observe)(const char *condition, const char *file, int line);

void check_failed(const char *condition, const char *file, int line)
{
    if (observe)
        observe(condition, file, line);
    abort();
}

void check_observe(void (*observer)(const char *condition, const char *file, int line))
{
    observe = observer;
}
