/* SPDX-License-Identifier: BSD-2-Clause */
/* Two stacks and a wire between them, in virtual time. The wire is perfect unless a test's filter says otherwise: every
 * packet takes the same time and none is lost. */
#pragma once

#include "tcpip/flow.h"
#include "tcpip/wire/tcp_segment.h"

enum { WIRE_PACKETS = 4096, WIRE_LOG = 65536 };

struct wire_packet {
    uint8_t *octets;
    size_t len;
    struct instant at; /* when it arrives */
    int to;            /* 0 or 1 */
};

/* What the filter decides about a packet on its way. */
enum wire_fate { WIRE_PASSES, WIRE_IS_LOST, WIRE_COMES_TWICE, WIRE_COMES_LATE };

struct wire_host {
    struct stack *stack;
    struct flow *flow;      /* of the last event that had one; the first connection in most tests */
    uint32_t events[32];    /* how many of each kind came */
    struct flow_event last; /* event */
    uint8_t *read;          /* what was received and consumed */
    size_t read_len, read_size;
    bool keeps_data;        /* does not consume by itself */
    bool closes_back;       /* closes when the peer has closed */
    const uint8_t *to_send; /* is sent as there is room */
    size_t to_send_len;
    bool closes_after_sending;
    void (*owner)(void); /* takes the events instead of this helper */
};

struct wire_pair {
    struct wire_host hosts[2];
    struct instant now;
    int64_t delay_us; /* one way */
    struct wire_packet packets[WIRE_PACKETS];
    size_t packet_count;
    enum wire_fate (*filter)(struct wire_pair *pair, int from, struct wire_packet *packet);
    void *context;
    uint64_t sent[2]; /* packets that entered the wire */
    uint64_t random;
    size_t mtu;
    bool has_large_segments;
    /* The last packet that either has sent, lost or not. */
    uint8_t last_sent[2][2048];
    size_t last_sent_len[2];
};

/* The first has 192.0.2.1 and 2001:db8::1, the second 192.0.2.2 and 2001:db8::2. `change` may be NULL. */
void wire_pair_init(struct wire_pair *pair, void (*change)(struct stack_setup *setup, int host));
void wire_pair_wipe(struct wire_pair *pair);

struct ip_endpoint wire_pair_endpoint(int host, int version, uint16_t port);

/* Runs until nothing is on the wire and nobody has a deadline before `ms` from now; then it is `ms` later. */
void wire_pair_run(struct wire_pair *pair, int64_t ms);
/* Whatever is to be sent now is sent, and what has arrived is fed; time does not pass. */
void wire_pair_pump(struct wire_pair *pair);

/* Gives a host a packet as it is. */
void wire_pair_feed(struct wire_pair *pair, int host, struct bytes packet);
/* Gives a host a segment of the other's. The payload is that of `segment`. */
void wire_pair_feed_segment(struct wire_pair *pair, int host, const struct ip_endpoint *from,
                            const struct ip_endpoint *to, const struct tcp_segment *segment);

/* What a packet is, for filters; false: it is no TCP. */
bool wire_pair_parse(struct bytes packet, struct ip_header *ip, struct tcp_segment *segment);

/* A connection from host 0 to port 80 of host 1, both ESTABLISHED: hosts[…].flow. */
void wire_pair_connect(struct wire_pair *pair, int version);
