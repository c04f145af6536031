/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/root.h"

#include "config/server_options.h"
#include "config/token.h"
#include "os/root_directory.h"
#include "programs/server/common/log.h"
#include "programs/server/session/session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { NUMBER_TEXT_MAX = 24, PROBLEM_MAX = 2 * PATH_MAX };

static bool expand(const struct session_host *host, struct buf *path)
{
    char number[NUMBER_TEXT_MAX];
    struct token_problem problem;
    (void)snprintf(number, sizeof(number), "%lu", (unsigned long)host->account->uid);
    const struct token tokens[] = { { 'h', host->account->home },
                                    { 'u', host->account->name },
                                    { 'U', number } };
    const struct token_set set = { .tokens = tokens, .count = sizeof(tokens) / sizeof(tokens[0]) };
    if (token_expand(&set, host->options->chroot_directory, path, &problem) == OK)
        return true;
    log_error("ChrootDirectory %s: %s", host->options->chroot_directory, problem.text);
    return false;
}

static bool enter(const char *path)
{
    scoped(buf) problem = BUF_EMPTY(PROBLEM_MAX);
    if (root_directory_enter(path, &problem) != OK) {
        log_error("%s", buf_text(&problem));
        return false;
    }
    log_verbose("Changed root directory to \"%s\"", path);
    return true;
}

bool root_enter(struct session_host *host)
{
    scoped(buf) path = BUF_EMPTY(PATH_MAX);
    if (!host->options->chroot_directory)
        return true;
    if (geteuid() != 0) {
        log_error("server lacks privileges to chroot to ChrootDirectory");
        return false;
    }
    /* Terminals are opened there later. No program inherits it, and the user's other processes may not take it from
     * this one. */
    host->dev_fd = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
    tzset(); /* reads a file */
    if (!expand(host, &path) || !enter(buf_text(&path)))
        return false;
    if (account_take_identity(host->account) == OK && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
        return true;
    log_error("cannot become user %s: %s", host->account->name, strerror(errno));
    return false;
}
