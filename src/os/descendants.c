/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/descendants.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PASS_NS = 10 * 1000 * 1000, PASSES = 100, POLITE_PASSES = 50, TEXT_MAX = 1024, BASE = 10 };

/* As many as there is room for: once these are gone, the next ones can be read. */
static void read_children(struct descendants *children)
{
    char text[TEXT_MAX];
    pid_t id = 0;
    children->count = 0;
    int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    ssize_t len = fd >= 0 ? read(fd, text, sizeof(text)) : 0;
    if (fd >= 0)
        (void)close(fd);
    /* A blank follows each number, unless it was cut. */
    for (ssize_t i = 0; i < len && children->count < DESCENDANTS_MAX; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            id = id * BASE + (text[i] - '0');
        } else if (id > 0) {
            children->ids[children->count++] = id;
            id = 0;
        }
    }
}

static bool has(const struct descendants *list, pid_t id)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (list->ids[i] == id)
            return true;
    return false;
}

void descendants_adopt(struct descendants *others)
{
    if (others)
        read_children(others);
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

void descendants_release(void)
{
    (void)prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

/* SIGTERM only once: a program may be busy cleaning up after the first. */
static void tell(pid_t id, struct descendants *told)
{
    if (has(told, id) || told->count == DESCENDANTS_MAX)
        return;
    told->ids[told->count++] = id;
    (void)kill(id, SIGTERM);
    (void)kill(id, SIGCONT);
}

/* Whether any is left. */
static bool end_children(const struct descendants *others, struct descendants *told, bool is_polite)
{
    struct descendants children;
    bool is_any = false;
    read_children(&children);
    for (size_t i = 0; i < children.count; i++) {
        pid_t id = children.ids[i];
        if (has(others, id))
            continue;
        is_any = true;
        if (waitpid(id, NULL, WNOHANG) == id)
            continue;
        if (is_polite)
            tell(id, told);
        else
            (void)kill(id, SIGKILL);
    }
    return is_any;
}

void descendants_end(const struct descendants *others)
{
    static const struct timespec pause = { .tv_nsec = PASS_NS };
    struct descendants told = { .count = 0 };
    int reason = errno;
    for (int pass = 0; pass < PASSES && end_children(others, &told, pass < POLITE_PASSES); pass++)
        (void)nanosleep(&pause, NULL);
    errno = reason;
}
