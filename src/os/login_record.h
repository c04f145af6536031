/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is logged in at a terminal, who was, and who failed to: utmp, wtmp, lastlog and btmp, for who(1), last(1),
 * lastlog(8) and lastb(1). They are root's to write. For anybody else, and for a file that is not there, nothing
 * happens: no login depends on them. */
#pragma once

#include "os/endpoint.h"

#include <sys/types.h>
#include <time.h>

enum { LOGIN_RECORD_LINE_MAX = 31, LOGIN_RECORD_HOST_MAX = 255 };

struct login_record {
    const char *line; /* "pts/3" */
    const char *user;
    uid_t uid;
    const struct endpoint *peer;
    pid_t process; /* the line is in use as long as it lives */
};

void login_record_open(const struct login_record *record);

/* Nothing happens to a line that is another process's by now. */
void login_record_close(const char *line, pid_t process);

/* Closes what a process that is no more has left open. */
void login_record_close_all(pid_t process);

struct login_record_last {
    time_t at;
    char host[LOGIN_RECORD_HOST_MAX + 1];
};

/* When the user was last logged in at a terminal, and from where. False: never, as far as is known. */
bool login_record_last(uid_t uid, struct login_record_last *last);

/* A password that was wrong. */
void login_record_failure(const char *user, const struct endpoint *peer);
