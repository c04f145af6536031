/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether somebody is who they say, by what they know: a password, or answers. PAM judges it, or the hash of the
 * account does. */
#pragma once

#include "programs/server/monitor/monitor.h"
#include "programs/server/monitor/pam_link.h"

struct secret {
    struct pam_link pam;
    bool is_asking;
};

/* Of an attempt. Borrowed. */
struct secret_attempt {
    const struct server_options *options;
    const struct account *account;
    struct bytes user;
    bool may; /* whether it can let in at all; if not it costs as much */
    const struct monitor_setup *setup;
    struct bytes proofs; /* so far: monitor_proofs */
};

void secret_init(struct secret *secret);
void secret_wipe(struct secret *secret);

/* REFUSED or ACCEPTED. */
enum monitor_verdict secret_password(struct secret *secret, const struct secret_attempt *attempt,
                                     struct bytes password);

/* keyboard-interactive, with `login` to tell whether there are answers: to the questions of the attempt before. ASKS,
 * too: secret_questions. */
enum monitor_verdict secret_interactive(struct secret *secret, const struct secret_attempt *attempt,
                                        const struct monitor_login *login);
struct monitor_questions secret_questions(const struct secret *secret);

/* An attempt by whatever method was right. PAM, if it is asked at all, has the last word, and its session is open
 * then; or it has, but for a new password, which is all that the session is for then. False: the log says why not, and
 * .pam.text tells people. */
bool secret_lets_in(struct secret *secret, const struct secret_attempt *attempt, bool *must_change);
