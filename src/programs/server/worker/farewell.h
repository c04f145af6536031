/* SPDX-License-Identifier: BSD-2-Clause */
/* The log line about how a connection ended, in sshd's words. */
#pragma once

#include "base/buf.h"
#include "os/endpoint.h"

struct farewell {
    enum err err;
    int error_number;   /* with ERR_SYSTEM */
    const char *detail; /* one sentence of what failed, or "" */
    bool is_authenticated;
    const char *subject; /* "user NAME", "invalid user NAME", escaped; "" before any attempt */
    struct endpoint peer;
    bool has_disconnect; /* the peer said good-bye */
    uint32_t reason;
    struct bytes text; /* the peer's */
};

/* Appends one line, or two separated by a newline. */
NODISCARD enum err farewell_format(const struct farewell *farewell, struct buf *out);
