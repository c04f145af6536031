/* SPDX-License-Identifier: BSD-2-Clause */
/* The user who runs glassh, and the machine. Lives as long as the process. */
#pragma once

#include <limits.h>
#include <stdbool.h>

struct person {
    char name[256];
    char home[PATH_MAX];
    char machine[256]; /* this host's name */
    unsigned uid;
};

/* False: the system does not know this user. */
bool person_find(struct person *person);
