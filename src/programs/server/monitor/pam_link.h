/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks PAM for the monitor, through a process per connection (glasshd-pam) that starts with the first question. Answers
 * are waited for, but not longer than a login may take. */
#pragma once

#include "ipc/record.h"
#include "os/descendants.h"
#include "os/endpoint.h"

struct seqpacket_descriptors;

struct pam_link_setup {
    const char *service;
    struct bytes user;
    struct endpoint peer, local;
    bool may_be_empty; /* the password */
    int watch_fd;      /* nobody waits for answers once its other end is closed; or -1 */
    /* How long answers are waited for in all, counted from pam_link_init; 0: no limit. */
    int64_t grace_ms;
};

enum pam_link_result {
    PAM_LINK_DENIED,
    PAM_LINK_GRANTED,
    PAM_LINK_EXPIRED, /* granted, but the password must be changed first */
    PAM_LINK_ASKS,    /* .count .echoes .instruction .prompts: pam_link_answer */
};

struct pam_link {
    int fd, watch_fd;
    pid_t id; /* 0: it was never started */
    struct record_gate gate;
    int64_t began_ms, until_ms; /* of the monotonic clock; 0: no limit */
    struct descendants others;  /* children that were there before it */
    bool has_session;
    bool is_lost;           /* it was started, and does not answer any more */
    struct buf room;        /* the last answer */
    struct buf text;        /* the attempt's messages to the user */
    struct buf environment; /* NAME=value, each ended by a NUL */
    char why[128];          /* why it was denied, for the log */
    uint32_t count, echoes;
    struct bytes instruction, prompts; /* borrowed until the next question */
};

void pam_link_init(struct pam_link *link);

/* Ends the process, and what its modules have started and wait for; an open session has been closed by then. Other
 * programs that this process started since pam_link_start must have ended. */
void pam_link_wipe(struct pam_link *link);

/* Begins a new attempt: forgets the messages of the last one. */
void pam_link_begin(struct pam_link *link);

/* Starts the process unless it runs. The user stays the same. */
void pam_link_start(struct pam_link *link, const struct pam_link_setup *setup);

/* Tells PAM's modules how the user has logged in so far: as monitor_proofs. What is too long is left out. */
void pam_link_tell(struct pam_link *link, struct bytes proofs);

/* Each waits for the answer. With `may` false PAM gets nobody's password instead of what the user gives, which costs as
 * much. Without a process, or if it breaks the rules, the result is DENIED. */
enum pam_link_result pam_link_password(struct pam_link *link, struct bytes password, bool may);
enum pam_link_result pam_link_ask(struct pam_link *link, bool may);
enum pam_link_result pam_link_answer(struct pam_link *link, struct bytes answers);
enum pam_link_result pam_link_account(struct pam_link *link);
enum pam_link_result pam_link_session(struct pam_link *link);

/* PAM_SPAWN: starts the session's process with these descriptors. *pidfd becomes readable when it ends, and is the
 * caller's. ERR_SYSTEM, or the error of a process that breaks the rules: it was not started. */
NODISCARD enum err pam_link_spawn(struct pam_link *link, const struct record *record,
                                  const struct seqpacket_descriptors *passed, int *pidfd);
