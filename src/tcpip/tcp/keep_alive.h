/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes a silent peer (RFC 9293 section 3.8.4): off unless asked for (MUST-25), and only when
 * nothing came for the interval (MUST-26, MUST-27) and nothing is in flight. One lost probe proves
 * nothing (MUST-29): KEEP_ALIVE_PROBES do, KEEP_ALIVE_RETRY_MS apart. */
#pragma once

#include "base/instant.h"

enum {
    KEEP_ALIVE_RETRY_MS = 75 * 1000,
    KEEP_ALIVE_PROBES = 9,
};

struct keep_alive {
    struct instant heard_at; /* when anything last came from the peer, or the last probe was sent */
    uint32_t interval_ms;    /* 0: off */
    uint8_t probes;          /* without an answer */
};

enum keep_alive_expiry { KEEP_ALIVE_NOTHING, KEEP_ALIVE_PROBE, KEEP_ALIVE_DEAD };

void keep_alive_init(struct keep_alive *k, struct instant now);
void keep_alive_set(struct keep_alive *k, uint32_t interval_ms, struct instant now);
/* Any segment came from the peer. */
void keep_alive_heard(struct keep_alive *k, struct instant now);

struct instant keep_alive_deadline(const struct keep_alive *k);
/* PROBE: send an empty segment with SEQ = SND.NXT - 1. DEAD: end the connection. Do not call while
 * data is in flight: its retransmission shows whether the peer is there. */
enum keep_alive_expiry keep_alive_expire(struct keep_alive *k, struct instant now);
