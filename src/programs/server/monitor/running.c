/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/running.h"

#include "base/check.h"
#include "programs/server/common/log.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RUNNING_MAX = 1024 };

void running_init(struct running *running, const struct account *account)
{
    *running = (struct running){ .account = account };
}

void running_wipe(struct running *running)
{
    free(running->groups);
    *running = RUNNING_NONE;
}

static pid_t *find(const struct running *running, uint32_t group)
{
    for (size_t i = 0; i < running->count; i++)
        if ((uint32_t)running->groups[i] == group)
            return &running->groups[i];
    return NULL;
}

bool running_begun(struct running *running, uint32_t group)
{
    if (group <= 1 || group > INT32_MAX || find(running, group) || running->count == RUNNING_MAX)
        return false;
    running->groups = reallocarray(running->groups, running->count + 1, sizeof(*running->groups));
    CHECK(running->groups != NULL);
    running->groups[running->count++] = (pid_t)group;
    return true;
}

void running_over(struct running *running, uint32_t group)
{
    pid_t *place = find(running, group);
    if (place)
        *place = running->groups[--running->count];
}

/* Runs in a process of its own. */
_Noreturn static void hang_up_as_user(const struct running *running)
{
    if (account_become(running->account) != OK) {
        log_error("cannot become user %s: %s", running->account->name, strerror(errno));
        _exit(1);
    }
    for (size_t i = 0; i < running->count; i++) {
        (void)kill(-running->groups[i], SIGHUP);
        (void)kill(-running->groups[i], SIGCONT);
    }
    _exit(0);
}

void running_hang_up(struct running *running)
{
    pid_t child = running->count > 0 ? fork() : -1;
    if (child == 0)
        hang_up_as_user(running);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    running->count = 0;
}
