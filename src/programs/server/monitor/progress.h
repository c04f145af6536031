/* SPDX-License-Identifier: BSD-2-Clause */
/* How far a login has come: what the methods that succeeded so far have proved, and what they allow together. */
#pragma once

#include "programs/server/monitor/monitor.h"

struct progress {
    bool is_begun;                /* a method has succeeded */
    struct authorizer_grant all;  /* what each of them allows */
    struct buf used_keys, proofs; /* SSH strings; monitor_proofs */
};

void progress_init(struct progress *progress);
void progress_wipe(struct progress *progress);

/* Whether the key has counted before; each counts once. */
bool progress_has_key(const struct progress *progress, struct bytes blob);

/* The policy so far, intersected with one more. Borrows from both. */
struct policy progress_policy(const struct progress *progress, struct policy more);

/* One more method succeeded, and allows `more`. After an error it does not count: ERR_BAD_VALUE, with the reason in the
 * log, if it forces another command than an earlier one. */
NODISCARD enum err progress_add(struct progress *progress, const struct monitor_login *login,
                                struct policy more);

/* Adds the attempt to the proofs, with `device` (INTERACTIVE: "pam", or NULL) in its name (ERR_NO_SPACE: too many).
 * progress_forget takes it back: the proofs have their length before it again. */
NODISCARD enum err progress_note(struct progress *progress, const struct monitor_login *login,
                                 const char *device);
void progress_forget(struct progress *progress, size_t proofs_len);
