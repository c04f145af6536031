/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of what is written of logins: this process gets a /run and a /var/log of its own. */
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static bool own_logs_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    size_t len = strlen(text);
    bool done = fd >= 0 && write(fd, text, len) == (ssize_t)len;
    if (fd >= 0)
        (void)close(fd);
    return done;
}

/* An ordinary user becomes the root of a namespace, where that is allowed. */
static bool own_logs_become_root(void)
{
    char map[64];
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (uid == 0)
        return unshare(CLONE_NEWNS) == 0;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
        return false;
    (void)snprintf(map, sizeof(map), "0 %u 1", uid);
    bool done =
        own_logs_write("/proc/self/setgroups", "deny") && own_logs_write("/proc/self/uid_map", map);
    (void)snprintf(map, sizeof(map), "0 %u 1", gid);
    return done && own_logs_write("/proc/self/gid_map", map);
}

/* Empty files, if they are to be there. False: the system does not let us. */
static bool own_logs_make(bool with_files)
{
    static const char *const files[] = { "/run/utmp", "/var/log/wtmp", "/var/log/lastlog",
                                         "/var/log/btmp" };
    if (!own_logs_become_root() || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", "/run", "tmpfs", 0, NULL) != 0 ||
        mount("none", "/var/log", "tmpfs", 0, NULL) != 0)
        return false;
    bool done = true;
    for (size_t i = 0; with_files && i < sizeof(files) / sizeof(files[0]); i++)
        done &= own_logs_write(files[i], "");
    return done;
}
