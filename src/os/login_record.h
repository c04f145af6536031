/* SPDX-License-Identifier: BSD-2-Clause */
/* Records who is logged in at a terminal, who was, and who failed to: utmp, wtmp, lastlog and btmp, for who(1),
 * last(1), lastlog(8) and lastb(1). Only root writes them. For anybody else, or if a file is missing, nothing happens:
 * no login depends on them. */
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

/* Does nothing if the line belongs to another process by now. */
void login_record_close(const char *line, pid_t process);

/* Closes the lines that a process which has ended left open. */
void login_record_close_all(pid_t process);

struct login_record_last {
    time_t at;
    char host[LOGIN_RECORD_HOST_MAX + 1];
};

/* When and from where the user last logged in at a terminal. False: no such login is known. */
bool login_record_last(uid_t uid, struct login_record_last *last);

/* Records a wrong password. */
void login_record_failure(const char *user, const struct endpoint *peer);
