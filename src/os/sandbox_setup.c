/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/sandbox_setup.h"

#include <errno.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Made at each start, because /run is empty after a boot. */
static const char EMPTY_DIRECTORY[] = "/run/glasshd";
static const char *const USERS[] = { "sshd", "nobody" };

static enum err complain(struct buf *problem, const char *text, const char *more)
{
    TRY(buf_format(problem, "%s%s", text, more));
    return ERR_SYSTEM;
}

/* A user namespace with only one user id: its root cannot become anyone else. */
static bool is_alone(void)
{
    unsigned long count, sum = 0;
    FILE *map = fopen("/proc/self/uid_map", "re");
    while (map && fscanf(map, "%*u %*u %lu", &count) == 1)
        sum += count;
    if (map)
        (void)fclose(map);
    return sum == 1;
}

static enum err prepare_directory(struct buf *problem)
{
    struct stat status;
    if ((mkdir(EMPTY_DIRECTORY, 0755) != 0 && errno != EEXIST) ||
        lstat(EMPTY_DIRECTORY, &status) != 0)
        return complain(problem, "the empty directory /run/glasshd: ", strerror(errno));
    return S_ISDIR(status.st_mode) && status.st_uid == 0 && !(status.st_mode & 022)
               ? OK
               : complain(problem, "the directory /run/glasshd is not root's alone", "");
}

enum err sandbox_setup_prepare(struct sandbox_setup *setup, struct buf *problem)
{
    *setup = (struct sandbox_setup){ 0 };
    if (geteuid() != 0)
        return OK;
    if (is_alone())
        return complain(problem,
                        "this user namespace has no user but its root; enter one as "
                        "yourself (unshare --user --map-current-user --keep-caps)",
                        "");
    TRY(prepare_directory(problem));
    const struct passwd *user = NULL;
    for (size_t i = 0; !user && i < sizeof(USERS) / sizeof(USERS[0]); i++)
        user = getpwnam(USERS[i]);
    if (!user || user->pw_uid == 0)
        return complain(problem, "there is neither a user sshd nor a user nobody to run as", "");
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
