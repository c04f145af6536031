/* SPDX-License-Identifier: BSD-2-Clause */
/* The sentences for a connection that ended badly, in the words that callers of ssh look for. */
#pragma once

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "os/process.h"

/* How far the connection had come. */
enum failure_stage {
    FAILURE_REACH, /* there is no connection yet */
    FAILURE_HELLO,
    FAILURE_KEYS,
    FAILURE_LOGIN,
    FAILURE_SESSION
};

/* What the ProxyCommand has to do with it. */
enum failure_proxy { FAILURE_NO_PROXY, FAILURE_PROXY_RUNS, FAILURE_PROXY_ENDED };

struct failure {
    enum failure_stage stage;
    enum err err;        /* OK: the peer closed */
    int error_number;    /* with ERR_SYSTEM */
    const char *detail;  /* the machine's sentence, or "" */
    const char *host;    /* as the user named it */
    const char *address; /* numeric, or "UNKNOWN" */
    unsigned port;
    const char *missing; /* with ERR_NO_COMMON: what both sides lack ("cipher") */
    struct bytes offer;  /* and what the server offers instead, printable */
    enum failure_proxy proxy;
    struct process_exit proxy_exit; /* with FAILURE_PROXY_ENDED */
};

/* Appends whole lines. Not for FAILURE_REACH, when there is no connection that could have ended. */
NODISCARD enum err failure_tell(const struct failure *failure, struct buf *out);

/* What was under way up to the login: "key exchange". */
const char *failure_during(enum failure_stage stage);

/* How the network ended the connection, without an address: for OK, ERR_SYSTEM and ERR_TIMEOUT. */
const char *failure_reason(const struct failure *failure);
