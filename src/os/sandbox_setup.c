/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/sandbox_setup.h"

#include <errno.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Made at each start, because /run is empty after one. */
static const char EMPTY_DIRECTORY[] = "/run/glasshd";
static const char *const USERS[] = { "sshd", "nobody" };

enum err sandbox_setup_prepare(struct sandbox_setup *setup)
{
    *setup = (struct sandbox_setup){ 0 };
    if (geteuid() != 0)
        return OK;
    struct stat status;
    if ((mkdir(EMPTY_DIRECTORY, 0755) != 0 && errno != EEXIST) ||
        lstat(EMPTY_DIRECTORY, &status) != 0)
        return ERR_SYSTEM;
    errno = EPERM;
    if (!S_ISDIR(status.st_mode) || status.st_uid != 0 || (status.st_mode & 022))
        return ERR_SYSTEM;
    const struct passwd *user = NULL;
    for (size_t i = 0; !user && i < sizeof(USERS) / sizeof(USERS[0]); i++)
        user = getpwnam(USERS[i]);
    errno = ENOENT;
    if (!user || user->pw_uid == 0)
        return ERR_SYSTEM;
    *setup = (struct sandbox_setup){ user->pw_uid, user->pw_gid, EMPTY_DIRECTORY };
    return OK;
}

struct sandbox_setup sandbox_setup_as(const struct sandbox_setup *setup, const char *user)
{
    struct sandbox_setup own = *setup;
    const struct passwd *found = geteuid() == 0 ? getpwnam(user) : NULL;
    if (found && found->pw_uid != 0) {
        own.uid = found->pw_uid;
        own.gid = found->pw_gid;
    }
    return own;
}

void sandbox_setup_write(const struct sandbox_setup *setup, char room[2][SANDBOX_SETUP_NUMBER],
                         char *arguments[SANDBOX_SETUP_ARGUMENTS])
{
    static char nowhere[] = "/";
    const char *folder = setup->empty_directory;
    (void)snprintf(room[0], SANDBOX_SETUP_NUMBER, "%lu", (unsigned long)setup->uid);
    (void)snprintf(room[1], SANDBOX_SETUP_NUMBER, "%lu", (unsigned long)setup->gid);
    arguments[0] = room[0];
    arguments[1] = room[1];
    arguments[2] = folder ? (char *)(uintptr_t)folder : nowhere;
}

struct sandbox_setup sandbox_setup_read(char *const arguments[SANDBOX_SETUP_ARGUMENTS])
{
    return (struct sandbox_setup){ (uid_t)strtoul(arguments[0], NULL, 10),
                                   (gid_t)strtoul(arguments[1], NULL, 10), arguments[2] };
}
