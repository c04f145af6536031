/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/signals.h"

#include <signal.h>

static const struct signals_row {
    const char *name;
    int number;
} rows[] = {
    { "ABRT", SIGABRT }, { "ALRM", SIGALRM }, { "FPE", SIGFPE },   { "HUP", SIGHUP },
    { "ILL", SIGILL },   { "INT", SIGINT },   { "KILL", SIGKILL }, { "PIPE", SIGPIPE },
    { "QUIT", SIGQUIT }, { "SEGV", SIGSEGV }, { "TERM", SIGTERM }, { "USR1", SIGUSR1 },
    { "USR2", SIGUSR2 },
};

enum { SIGNALS_COUNT = sizeof(rows) / sizeof(rows[0]) };

int signals_number(struct bytes name)
{
    for (size_t i = 0; i < SIGNALS_COUNT; i++)
        if (bytes_is(name, rows[i].name))
            return rows[i].number;
    return 0;
}

const char *signals_name(int number)
{
    for (size_t i = 0; i < SIGNALS_COUNT; i++)
        if (rows[i].number == number)
            return rows[i].name;
    return "SIG@openssh.com";
}
