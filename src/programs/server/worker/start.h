/* SPDX-License-Identifier: BSD-2-Clause */
/* All that a worker gets to know of its connection and of the server: it reads no configuration. */
#pragma once

#include "ipc/record.h"
#include "os/endpoint.h"
#include "programs/server/common/offer_names.h"

/* Texts are borrowed. Times are seconds; 0: none. */
struct start {
    struct endpoint peer, local;
    struct offer_names offer;
    struct bytes host_keys;           /* blobs as SSH strings, the best first */
    struct bytes user_key_algorithms; /* PubkeyAcceptedAlgorithms as it is; empty: the usual ones */
    struct bytes auth_methods;        /* comma-separated */
    struct bytes banner;              /* shown before the login; empty: none */
    struct bytes software;            /* our name and version: common/software.h */
    struct bytes sent_cookie;         /* the porch greeted the peer with it; empty: it did not */
    uint32_t log_level;               /* enum option_log_level */
    bool explains;
    bool asks_terms; /* the options depend on the user: RECORD_USER asks */
    bool is_joint;   /* the peer uses our own TCP: programs/tcp/joint.h */
    uint32_t max_auth_tries, max_sessions;
    uint32_t login_grace_time, alive_interval, alive_count_max;
    uint64_t rekey_octets;
    uint32_t rekey_seconds;
};

/* The descriptors that go with it, in this order. */
enum start_descriptor {
    START_MONITOR,
    START_SESSION,
    START_LIFELINE, /* becomes readable when the monitor, or a process it needs, is gone */
    START_IN,       /* of the peer */
    START_OUT,      /* the same, or another one */
    START_DESCRIPTOR_COUNT
};

/* The record borrows from the start, and vice versa. */
struct record start_encode(const struct start *start);
NODISCARD enum err start_decode(const struct record *record, struct start *start);
