/* SPDX-License-Identifier: BSD-2-Clause */
/* How a connection ended for its source, as the exit status of its monitor tells the listener. Other statuses, like
 * that of a fatal error of ours, say nothing about the source. */
#pragma once

enum outcome {
    OUTCOME_GOOD = 0, /* somebody logged in, whatever happened then */
    OUTCOME_NO_ATTEMPT = 10,
    OUTCOME_GRACE_EXCEEDED,
    OUTCOME_CRASH,
    OUTCOME_FAILED_LOGIN,
    OUTCOME_INVALID_USER,
    OUTCOME_UNSERVED, /* there was no worker: not the peer's fault */
};
