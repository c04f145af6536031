/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks what somebody knows: a password, or answers. PAM judges it, or the account's hash does. */
#pragma once

#include "programs/server/monitor/monitor.h"
#include "programs/server/monitor/pam_link.h"

struct secret {
    struct pam_link pam;
    bool is_asking;
};

/* About an attempt. Borrowed. */
struct secret_attempt {
    const struct server_options *options;
    const struct account *account;
    struct bytes user;
    bool may; /* whether it can succeed at all; if not, it costs as much */
    const struct monitor_setup *setup;
    struct bytes proofs; /* so far, as monitor_proofs */
};

void secret_init(struct secret *secret);
void secret_wipe(struct secret *secret);

/* REFUSED or ACCEPTED. */
enum monitor_verdict secret_password(struct secret *secret, const struct secret_attempt *attempt,
                                     struct bytes password);

/* keyboard-interactive; `login` may have answers to the questions of the attempt before. May also return ASKS:
 * secret_questions. */
enum monitor_verdict secret_interactive(struct secret *secret, const struct secret_attempt *attempt,
                                        const struct monitor_login *login);
struct monitor_questions secret_questions(const struct secret *secret);

/* An attempt by any method succeeded. PAM, if it is used at all, has the last word, and opens its session;
 * *must_change: that session is only for choosing a new password. False: the reason is in the log, and .pam.text is for
 * the user. */
bool secret_lets_in(struct secret *secret, const struct secret_attempt *attempt, bool *must_change);
