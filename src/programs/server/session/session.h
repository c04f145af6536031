/* SPDX-License-Identifier: BSD-2-Clause */
/* One session of the logged-in user: its terminal, its environment and the one program it runs. This part knows nothing
 * of the protocol; it opens what the user may open and hands out descriptors, so that bulk data never passes through
 * it. */
#pragma once

#include "base/buf.h"
#include "os/endpoint.h"
#include "os/process.h"
#include "programs/server/common/account.h"
#include "programs/server/common/policy.h"

struct server_options;

/* What all sessions of a connection share; must outlive them. */
struct session_host {
    const struct server_options *options;
    const struct account *account;
    const struct policy *policy;
    struct bytes proofs; /* how the user logged in: auth_file.h */
    struct endpoint peer, local;
    int monitor_fd;               /* for line_report.h; or -1 */
    struct bytes pam_environment; /* NAME=value, each ended by a NUL */
    struct bytes login_text;      /* PAM's messages, shown to the user of a shell */
    int dev_fd;                   /* the real /dev where its path leads elsewhere (root.h); or -1 */
};

enum session_program { SESSION_SHELL, SESSION_EXEC, SESSION_SUBSYSTEM };

struct session_terminal {
    struct bytes type;  /* for TERM */
    struct bytes modes; /* encoded, RFC 4254 section 8 */
    uint32_t columns, rows, width, height;
};

/* Descriptors of the running program, all non-blocking; owned by the session. With a terminal `err` is -1. */
struct session_streams {
    int in, out, err;
    bool is_terminal;
};

struct session;

/* `id` is its name in the log. */
struct session *session_new(const struct session_host *host, uint32_t id);

/* Hangs up what still runs, and closes everything. Returns the process that the caller has to reap, or 0. */
pid_t session_free(struct session *session);

/* Before the program starts. False: not allowed, or no longer possible. */
bool session_set_variable(struct session *session, struct bytes name, struct bytes value);
bool session_open_terminal(struct session *session, const struct session_terminal *terminal);

/* Starts the program, once: `text` is the command (EXEC) or the name (SUBSYSTEM). The policy's forced command runs
 * instead. Appends to `greeting` what an interactive user is to see first. */
bool session_start(struct session *session, enum session_program program, struct bytes text,
                   struct buf *greeting);
const struct session_streams *session_streams(const struct session *session);

/* Closes the session's streams; another process has them from now on. */
void session_release_streams(struct session *session);

/* While it runs. False: not allowed, or nothing to do it to. */
bool session_resize(struct session *session, uint32_t columns, uint32_t rows, uint32_t width,
                    uint32_t height);
bool session_signal(struct session *session, struct bytes name);
bool session_break(struct session *session);

/* Readable when the program has ended, until session_free; -1 before it started. */
int session_end_fd(const struct session *session);
/* Whether it has ended, and how; true only once. */
bool session_ended(struct session *session, struct process_exit *how);
