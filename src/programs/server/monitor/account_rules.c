/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/account_rules.h"

#include "base/address.h"
#include "base/pattern.h"
#include "config/server_options.h"
#include "programs/server/common/groups.h"

#include <shadow.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS_PER_DAY = 24 * 60 * 60 };

/* "user" or "user@host", where the host is a pattern, an address or a block. */
static bool user_fits(const char *pattern, const struct account *account,
                      const struct account_rules_client *client)
{
    struct bytes rest = bytes_text(pattern);
    struct bytes user = bytes_cut(&rest, '@');
    bool has_host = strchr(pattern, '@') != NULL;
    if (!pattern_match(bytes_text(account->name), user))
        return false;
    return !has_host || address_list(bytes_text(client->address), rest) == PATTERN_MATCH ||
           pattern_list_host(bytes_text(client->host), rest) == PATTERN_MATCH;
}

static bool user_is_in(const struct option_list *list, const struct account *account,
                       const struct account_rules_client *client)
{
    for (size_t i = 0; i < list->count; i++)
        if (user_fits(list->items[i], account, client))
            return true;
    return false;
}

static bool group_fits(const char *name, const struct option_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (pattern_match(bytes_text(name), bytes_text(list->items[i])))
            return true;
    return false;
}

/* Whether one of the account's groups is in the list. */
static bool groups_are_in(const struct option_list *list, const struct account *account)
{
    struct groups groups;
    bool found = false;
    groups_of(account, &groups);
    for (size_t i = 0; i < groups.count && !found; i++)
        found = group_fits(groups.names[i], list);
    groups_wipe(&groups);
    return found;
}

static const char *list_refusal(const struct server_options *o, const struct account *account,
                                const struct account_rules_client *client)
{
    if (user_is_in(&o->deny_users, account, client))
        return "listed in DenyUsers";
    if (o->allow_users.count && !user_is_in(&o->allow_users, account, client))
        return "not listed in AllowUsers";
    if (o->deny_groups.count && groups_are_in(&o->deny_groups, account))
        return "a group is listed in DenyGroups";
    if (o->allow_groups.count && !groups_are_in(&o->allow_groups, account))
        return "none of user's groups are listed in AllowGroups";
    return NULL;
}

/* What only root can look up. */
static const char *shadow_refusal(const struct account *account)
{
    const struct spwd *entry = geteuid() == 0 ? getspnam(account->name) : NULL;
    if (!entry)
        return NULL;
    if (entry->sp_pwdp && entry->sp_pwdp[0] == '!')
        return "account is locked";
    if (entry->sp_expire > 0 && time(NULL) / SECONDS_PER_DAY >= entry->sp_expire)
        return "account has expired";
    return NULL;
}

bool account_rules_allow(const struct server_options *options, const struct account *account,
                         const struct account_rules_client *client, struct buf *reason,
                         bool *is_listed)
{
    char shell[512];
    const char *why = list_refusal(options, account, client);
    *is_listed = why != NULL;
    /* PAM has modules for that. */
    if (!why && !options->use_pam)
        why = shadow_refusal(account);
    /* In another root directory there may be a different shell. */
    if (!why && !options->chroot_directory && access(account->shell, X_OK) != 0) {
        (void)snprintf(shell, sizeof(shell), "shell %s %s", account->shell,
                       access(account->shell, F_OK) == 0 ? "is not executable" : "does not exist");
        why = shell;
    }
    if (!why)
        return true;
    enum err err = buf_append_text(reason, why);
    if (err != OK)
        buf_clear(reason);
    return false;
}
