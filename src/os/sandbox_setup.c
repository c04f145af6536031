/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/sandbox_setup.h"

#include <errno.h>
#include <pwd.h>
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
