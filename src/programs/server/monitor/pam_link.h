/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor's way to ask PAM: a process for the connection (glasshd-pam), started with the first question. Its
 * answers are waited for, but not longer than a login may take. */
#pragma once

#include "ipc/record.h"
#include "os/descendants.h"
#include "os/endpoint.h"

struct seqpacket_descriptors;

struct pam_link_setup {
    const char *service;
    struct bytes user;
    struct endpoint peer, local;
    bool may_be_empty; /* a password */
    int watch_fd;      /* when its other end is closed nobody waits for answers any more; or -1 */
    /* How long after pam_link_init answers are waited for, all of them; 0: without limit. */
    int64_t grace_ms;
};

enum pam_link_result {
    PAM_LINK_DENIED,
    PAM_LINK_GRANTED,
    PAM_LINK_EXPIRED, /* it would be granted, but the password must be changed */
    PAM_LINK_ASKS,    /* .count .echoes .instruction .prompts: pam_link_answer */
};

struct pam_link {
    int fd, watch_fd;
    pid_t id; /* 0: it was never started */
    struct record_gate gate;
    int64_t began_ms, until_ms; /* of the monotonic clock; 0: for ever */
    struct descendants others;  /* children that were there before it */
    bool has_session;
    bool is_lost;           /* it was there, and answers nothing any more */
    struct buf room;        /* the last answer */
    struct buf text;        /* for people, of the attempt */
    struct buf environment; /* NAME=value, each with a NUL behind */
    char why[128];          /* it was denied; for the log */
    uint32_t count, echoes;
    struct bytes instruction, prompts; /* borrowed until the next question */
};

void pam_link_init(struct pam_link *link);

/* Ends the process, and what its modules have started and wait for; where there is a session it has been closed then.
 * What other programs this process has started since pam_link_start must be over. */
void pam_link_wipe(struct pam_link *link);

/* A new attempt: what was said of the last one is forgotten. */
void pam_link_begin(struct pam_link *link);

/* Sees to it that there is a process. The user stays the same. */
void pam_link_start(struct pam_link *link, const struct pam_link_setup *setup);

/* How the user has logged in so far, for PAM's modules: as monitor_proofs. What is too long is not told. */
void pam_link_tell(struct pam_link *link, struct bytes proofs);

/* Each waits for the answer. With `may` false it cannot be granted, and costs as much. No process, or one that
 * breaks the rules, denies. */
enum pam_link_result pam_link_password(struct pam_link *link, struct bytes password, bool may);
enum pam_link_result pam_link_ask(struct pam_link *link, bool may);
enum pam_link_result pam_link_answer(struct pam_link *link, struct bytes answers);
enum pam_link_result pam_link_account(struct pam_link *link);
enum pam_link_result pam_link_session(struct pam_link *link);

/* PAM_SPAWN: starts the session's process with these descriptors. *pidfd becomes readable at its end, and is the
 * caller's. ERR_SYSTEM, or that of a process that breaks the rules: there is none. */
NODISCARD enum err pam_link_spawn(struct pam_link *link, const struct record *record,
                                  const struct seqpacket_descriptors *passed, int *pidfd);
