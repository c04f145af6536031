/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/companion.h"

#include "base/check.h"
#include "os/descriptor.h"
#include "os/process.h"
#include "os/seqpacket.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 16, PARKED_FD = COMPANION_FIRST_FD + COMPANION_FDS_MAX };

static bool is_at(const char *folder, size_t folder_len, const char *name,
                  char path[COMPANION_PATH_MAX])
{
    int len = snprintf(path, COMPANION_PATH_MAX, "%.*s/%s", (int)folder_len, folder, name);
    return len > 0 && len < COMPANION_PATH_MAX && access(path, X_OK) == 0;
}

static enum err find(const char *name, char path[COMPANION_PATH_MAX])
{
    char self[COMPANION_PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    self[len > 0 ? len : 0] = '\0';
    const char *slash = strrchr(self, '/');
    if ((slash && is_at(self, (size_t)(slash - self), name, path)) ||
        is_at(GLASSH_LIBEXEC, strlen(GLASSH_LIBEXEC), name, path))
        return OK;
    errno = ENOENT;
    return ERR_SYSTEM;
}

static bool open_null_streams(void)
{
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    bool done =
        null_fd >= 0 && dup2(null_fd, STDIN_FILENO) >= 0 && dup2(null_fd, STDOUT_FILENO) >= 0;
    if (null_fd > STDERR_FILENO)
        (void)close(null_fd);
    return done;
}

/* First moved out of each other's way, then to their places. */
static bool place_descriptors(const struct companion_setup *setup)
{
    int parked[COMPANION_FDS_MAX];
    for (size_t i = 0; i < setup->fd_count; i++)
        if ((parked[i] = fcntl(setup->fds[i], F_DUPFD_CLOEXEC, PARKED_FD)) < 0)
            return false;
    for (size_t i = 0; i < setup->fd_count; i++)
        if (dup2(parked[i], COMPANION_FIRST_FD + (int)i) < 0)
            return false;
    return close_range(COMPANION_FIRST_FD + (unsigned)setup->fd_count, ~0U, 0) == 0;
}

_Noreturn static void become(const struct companion_setup *setup, const char *path)
{
    static char *const nothing[] = { NULL };
    char numbers[2][SANDBOX_SETUP_NUMBER];
    char *words[1 + SANDBOX_SETUP_ARGUMENTS + ARGUMENTS_MAX + 1] = {
        (char *)(uintptr_t)setup->name
    };
    char **next = words + 1;
    if (setup->sandbox) {
        sandbox_setup_write(setup->sandbox, numbers, next);
        next += SANDBOX_SETUP_ARGUMENTS;
    }
    for (size_t i = 0; setup->arguments && setup->arguments[i]; i++) {
        CHECK(i < ARGUMENTS_MAX);
        *next++ = setup->arguments[i];
    }
    process_reset_signals();
    if (open_null_streams() && (!setup->prepare || setup->prepare(setup->context)) &&
        place_descriptors(setup))
        (void)execve(path, words, setup->environment ? setup->environment : nothing);
    _exit(COMPANION_FAILED);
}

enum err companion_start(const struct companion_setup *setup, pid_t *id)
{
    CHECK(setup->fd_count <= COMPANION_FDS_MAX);
    char path[COMPANION_PATH_MAX];
    TRY(find(setup->name, path));
    pid_t child = fork();
    if (child == 0)
        become(setup, path);
    if (child < 0)
        return ERR_SYSTEM;
    *id = child;
    return OK;
}

enum err companion_start_linked(const struct companion_setup *setup, int *fd, pid_t *id)
{
    int ends[2];
    struct companion_setup linked = *setup;
    CHECK(setup->fd_count == 0);
    *fd = -1;
    TRY(seqpacket_pair(ends));
    linked.fds[linked.fd_count++] = ends[1];
    enum err err = companion_start(&linked, id);
    descriptor_close(&ends[1]);
    if (err != OK)
        descriptor_close(&ends[0]);
    *fd = ends[0];
    return err;
}

void companion_end(pid_t *id)
{
    int reason = errno;
    if (*id > 0)
        (void)kill(*id, SIGKILL);
    while (*id > 0 && waitpid(*id, NULL, 0) < 0 && errno == EINTR)
        ;
    *id = 0;
    errno = reason;
}
