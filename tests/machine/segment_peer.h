/* SPDX-License-Identifier: BSD-2-Clause */
/* A peer that a test writes segment by segment: it stands where host 0 of a wire_pair would, and host 1 is the subject.
 * What the subject sends is noted, and goes nowhere. */
#pragma once

#include "machine/wire_pair.h"

enum {
    SEGMENT_PEER_SENT = 256,
    SEGMENT_PEER_ISS = 5000,
    SEGMENT_PEER_PORT = 4000,
    SEGMENT_PEER_LISTENS = 80
};

struct segment_peer {
    struct wire_pair pair;
    struct ip_endpoint peer, subject;
    /* Of the subject, noted since the last segment_peer_forget. */
    struct tcp_segment sent[SEGMENT_PEER_SENT]; /* their payload is gone but for its length */
    struct ip_header ip[SEGMENT_PEER_SENT];
    struct instant sent_at[SEGMENT_PEER_SENT];
    size_t sent_count;
    size_t others;                  /* packets that are no TCP */
    struct icmp_message other;      /* the last of them; its body is gone */
    struct icmp_quote other_quotes; /* of it, if it quotes a segment */
    /* Of the peer: for segment_peer_say. */
    uint32_t next, ack; /* SND.NXT, RCV.NXT */
    uint16_t window;
    struct tcp_options options; /* of all but SYNs */
    enum ip_ecn ecn;
};

/* `change` may be NULL. Nothing is open yet; the subject listens on SEGMENT_PEER_LISTENS. */
void segment_peer_init(struct segment_peer *p, void (*change)(struct stack_setup *setup, int host));
void segment_peer_wipe(struct segment_peer *p);

/* The handshake, begun by the peer with these options in its SYN. */
void segment_peer_open(struct segment_peer *p, const struct tcp_options *options);

/* A segment with the peer's numbers, which do not advance. */
void segment_peer_say(struct segment_peer *p, uint8_t flags, const char *data);
/* With others. */
void segment_peer_say_at(struct segment_peer *p, uint32_t seq, uint32_t ack, uint8_t flags,
                         const char *data);

void segment_peer_forget(struct segment_peer *p);
/* Time passes. */
void segment_peer_wait(struct segment_peer *p, int64_t ms);
struct flow *segment_peer_flow(struct segment_peer *p);
/* The last that the subject sent. */
const struct tcp_segment *segment_peer_last(const struct segment_peer *p);
