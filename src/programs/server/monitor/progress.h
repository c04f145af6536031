/* SPDX-License-Identifier: BSD-2-Clause */
/* How far a login has come: what the methods that were right so far have proven, and what they allow together. */
#pragma once

#include "programs/server/monitor/monitor.h"

struct progress {
    bool is_begun;                /* something was right */
    struct authorizer_grant all;  /* what each of them allows */
    struct buf used_keys, proofs; /* SSH strings; monitor_proofs */
};

void progress_init(struct progress *progress);
void progress_wipe(struct progress *progress);

/* Whether the key has counted before: it does so once. */
bool progress_has_key(const struct progress *progress, struct bytes blob);

/* What is allowed so far and by one more. Borrows from both. */
struct policy progress_policy(const struct progress *progress, struct policy more);

/* One more was right, and allows `more`. After an error it does not count: ERR_BAD_VALUE, and the log says why, if it
 * forces another command than one before. */
NODISCARD enum err progress_add(struct progress *progress, const struct monitor_login *login,
                                struct policy more);

/* It is one of the proofs, with what has asked (INTERACTIVE: "pam", or NULL) in its name (ERR_NO_SPACE: there are too
 * many); or it is none after all, and their length is that before it again. */
NODISCARD enum err progress_note(struct progress *progress, const struct monitor_login *login,
                                 const char *device);
void progress_forget(struct progress *progress, size_t proofs_len);
