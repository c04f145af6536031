/* SPDX-License-Identifier: BSD-2-Clause */
/* The sentences for a connection that ended badly, in the words that callers of ssh look for. */
#pragma once

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

/* How far the connection had come. */
enum failure_stage { FAILURE_HELLO, FAILURE_KEYS, FAILURE_LOGIN, FAILURE_SESSION };

struct failure {
    enum failure_stage stage;
    enum err err;        /* OK: the peer closed */
    int error_number;    /* with ERR_SYSTEM */
    const char *detail;  /* the machine's sentence, or "" */
    const char *host;    /* as the user named it */
    const char *address; /* numeric, or "UNKNOWN" */
    unsigned port;
    const char
        *their_kexes; /* what the server offered, safe to show; "" when it did not come to that */
};

/* Appends whole lines. */
NODISCARD enum err failure_tell(const struct failure *failure, struct buf *out);

/* How the network ended it, in words without a place: for OK, ERR_SYSTEM and ERR_TIMEOUT. */
const char *failure_reason(const struct failure *failure);
