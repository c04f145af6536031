/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/account.h"

#include "base/check.h"

#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ACCOUNT_NAME_MAX = 255 };

static char *copy_of(const char *text)
{
    char *copy = strdup(text);
    CHECK(copy);
    return copy;
}

void account_copy(const struct account *account, struct account *copy)
{
    *copy = (struct account){
        .uid = account->uid,
        .gid = account->gid,
        .name = copy_of(account->name),
        .home = copy_of(account->home),
        .shell = copy_of(account->shell),
    };
}

static enum err take(const struct passwd *entry, struct account *account)
{
    if (!entry)
        return ERR_SYSTEM;
    const struct account found = {
        .uid = entry->pw_uid,
        .gid = entry->pw_gid,
        .name = entry->pw_name,
        .home = entry->pw_dir,
        .shell = entry->pw_shell && *entry->pw_shell ? entry->pw_shell : (char[]){ "/bin/sh" },
    };
    account_copy(&found, account);
    return OK;
}

enum err account_of_self(struct account *account)
{
    return take(getpwuid(geteuid()), account);
}

/* A text that cannot be in a line of passwd, or could be taken for a path or an option, is not worth a query to every
 * source of names. */
static bool can_be_name(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < ' ' || text.data[i] == 0x7f || text.data[i] == ':' ||
            text.data[i] == '/')
            return false;
    return text.len > 0 && text.data[0] != '-';
}

enum err account_find(struct bytes name, struct account *account)
{
    char text[ACCOUNT_NAME_MAX + 1];
    if (!can_be_name(name) || !bytes_to_text(name, text, sizeof(text)))
        return ERR_SYSTEM;
    return take(getpwnam(text), account);
}

enum err account_take_groups(const struct account *account)
{
    return initgroups(account->name, account->gid) == 0 ? OK : ERR_SYSTEM;
}

enum err account_take_identity(const struct account *account)
{
    bool is_done = setresgid(account->gid, account->gid, account->gid) == 0 &&
                   setresuid(account->uid, account->uid, account->uid) == 0;
    return is_done && geteuid() == account->uid && (account->uid == 0 || setuid(0) != 0)
               ? OK
               : ERR_SYSTEM;
}

void account_rehearse(void)
{
    static const char nobody[] = "no such account"; /* a name cannot have blanks */
    gid_t group;
    int count = 1;
    (void)getpwnam(nobody);
    (void)getspnam(nobody);
    (void)getgrouplist(nobody, 0, &group, &count);
}

bool account_is_own(const struct account *account)
{
    return geteuid() != 0 && geteuid() == account->uid;
}

enum err account_become(const struct account *account)
{
    if (account_is_own(account))
        return OK;
    TRY(account_take_groups(account));
    return account_take_identity(account);
}

void account_wipe(struct account *account)
{
    free(account->name);
    free(account->home);
    free(account->shell);
    *account = (struct account){ 0 };
}
