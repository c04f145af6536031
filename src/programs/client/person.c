/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/person.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool person_find(struct person *person)
{
    *person = (struct person){ .uid = getuid() };
    if (gethostname(person->machine, sizeof(person->machine) - 1) != 0)
        (void)snprintf(person->machine, sizeof(person->machine), "localhost");
    const struct passwd *entry = getpwuid(getuid());
    if (!entry)
        return false;
    (void)snprintf(person->name, sizeof(person->name), "%s", entry->pw_name);
    (void)snprintf(person->home, sizeof(person->home), "%s", entry->pw_dir);
    return true;
}
