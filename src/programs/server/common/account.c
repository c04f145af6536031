/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/account.h"

#include "base/check.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *copy_of(const char *text)
{
    char *copy = strdup(text);
    CHECK(copy);
    return copy;
}

enum err account_of_self(struct account *account)
{
    const struct passwd *entry = getpwuid(geteuid());
    if (!entry)
        return ERR_SYSTEM;

    *account = (struct account){
        .uid = entry->pw_uid,
        .gid = entry->pw_gid,
        .name = copy_of(entry->pw_name),
        .home = copy_of(entry->pw_dir),
        .shell = copy_of(entry->pw_shell && *entry->pw_shell ? entry->pw_shell : "/bin/sh"),
    };
    return OK;
}

void account_wipe(struct account *account)
{
    free(account->name);
    free(account->home);
    free(account->shell);
    *account = (struct account){ 0 };
}
