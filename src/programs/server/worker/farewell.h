/* SPDX-License-Identifier: BSD-2-Clause */
/* The events of the log that say how a connection ended. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

#include <stdint.h>

/* Texts are borrowed, and the peer's except `detail` and `missing`. */
struct farewell {
    enum err err;
    int error_number;   /* with ERR_SYSTEM */
    const char *detail; /* one sentence about what failed, or "" */
    bool is_authenticated;
    bool has_introduced_itself; /* the peer's identification came, and was valid */
    struct bytes line;          /* its first line, as far as it came */
    const char *missing;        /* with ERR_NO_COMMON: what both sides lack ("cipher") */
    struct bytes offer;         /* and what the peer offers instead */
    bool has_disconnect;        /* the peer said good-bye */
    uint32_t reason;
    struct bytes text;
};

void farewell_tell(const struct farewell *farewell);
