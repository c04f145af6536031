/* SPDX-License-Identifier: BSD-2-Clause */
/* Handshakes that peers began and that are not flows yet: SYN-RECEIVED after a passive OPEN, in just the memory it
 * takes to answer again (RFC 4987 section 3.4). */
#pragma once

#include "base/instant.h"
#include "tcpip/tcp/flow_offer.h"
#include "tcpip/wire/ip_address.h"

enum {
    PENDING_TRIES = 6, /* SYN-ACKs before giving up, at doubling intervals: 63 s */
    PENDING_FIRST_MS = 1000,
    PENDING_CHALLENGES = 3, /* between two SYN-ACKs by the timer */
};

struct pending_entry {
    uint64_t hash;
    struct ip_endpoint local, remote;
    struct flow_offer offer;
    struct instant sent_at; /* of the first SYN-ACK */
    uint32_t next_free;
    uint8_t tries;       /* SYN-ACKs sent by the timer, and the first */
    bool was_sent_again; /* Karn: no round trip is measured */
    uint8_t challenges;  /* ACKs to unacceptable segments since the timer's last SYN-ACK */
};

struct pending {
    struct pending_entry *entries;
    uint32_t max, count, free_first, fresh;
};

/* False: there is not enough memory. */
bool pending_init(struct pending *p, size_t max);
void pending_wipe(struct pending *p);

/* The number of a new entry, which is not initialized, or UINT32_MAX. */
uint32_t pending_take(struct pending *p);
void pending_give(struct pending *p, uint32_t entry);
