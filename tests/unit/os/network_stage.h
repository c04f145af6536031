/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs a test in a child with a network of its own: nothing in it but a loopback device. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STAGE_CANNOT = 77 };

static bool put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    int reason = errno;
    (void)close(fd);
    errno = reason;
    return done;
}

/* Groups can be given up in it, which might open what is closed to a group: so that is ruled out first, or the
 * kernel lets nobody but root map groups. */
static bool stay_who_we_are(uid_t uid, gid_t gid)
{
    char users[64], groups[64];
    (void)snprintf(users, sizeof(users), "%lu %lu 1", (unsigned long)uid, (unsigned long)uid);
    (void)snprintf(groups, sizeof(groups), "%lu %lu 1", (unsigned long)gid, (unsigned long)gid);
    return put("/proc/self/setgroups", "deny") && put("/proc/self/uid_map", users) &&
           put("/proc/self/gid_map", groups);
}

static bool raise_loopback(void)
{
    struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool done = ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    int reason = errno;
    (void)close(fd);
    errno = reason;
    return done;
}

/* For who is not root by a user namespace, in which it is who it was and may set the network up. */
static bool enter_own_network(void)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    bool is_root = uid == 0;
    if (unshare(CLONE_NEWNET | (is_root ? 0 : CLONE_NEWUSER)) != 0)
        return false;
    return (is_root || stay_who_we_are(uid, gid)) && raise_loopback();
}

/* Skips the test, with the reason, where no such network can be had or no device be made in it. */
static void in_own_network(int (*act)(void))
{
    pid_t child = fork();
    if (child == 0) {
        if (!enter_own_network()) {
            (void)fprintf(stderr, "no network of one's own: %s\n", strerror(errno));
            _exit(STAGE_CANNOT);
        }
        _exit(act());
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == STAGE_CANNOT)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}
