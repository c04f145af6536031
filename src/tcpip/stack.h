/* SPDX-License-Identifier: BSD-2-Clause */
/* A host's IPv4, IPv6, ICMP and TCP as one machine. Packets and the time go in; packets, events and the next deadline
 * come out. The caller owns the loop: after each feed, expire, or call of flow.h it calls stack_next until it returns
 * false, stack_output until it returns false, and stack_deadline once.
 *
 * All memory is taken by stack_new and given back by stack_free: when flows, pending handshakes or buffer chunks run
 * out, new connections are refused and windows stay shut, and nothing else suffers. Two stacks in one process share
 * nothing. The same packets, times and random octets give the same result. */
#pragma once

#include "base/err.h"
#include "base/instant.h"
#include "base/rng.h"
#include "base/trace.h"
#include "tcpip/wire/icmp_message.h"
#include "tcpip/wire/ip_address.h"

struct stack;
struct flow; /* a connection: flow.h */

enum congestion_kind { CONGESTION_CUBIC, CONGESTION_RENO, CONGESTION_NONE };

enum { STACK_ADDRESSES = 4, STACK_NETWORKS = 4 };

struct stack_network {
    struct ip_address address;
    uint8_t prefix_len; /* bits; 0: all addresses of its version */
};

struct stack_setup {
    struct ip_address addresses[STACK_ADDRESSES]; /* what it answers as */
    size_t address_count;
    /* Networks it also answers for, as if each address in them were its own (a VPN's engine), except addresses that are
     * not unicast. Connections come from `addresses` unless the owner names another (flow_connect_from). */
    struct stack_network networks[STACK_NETWORKS];
    size_t network_count;
    uint16_t mtu; /* of the link, 1280 to 65535 */
    /* The link takes and delivers TCP segments larger than its MTU, cuts them itself (TSO), and fills in the checksums
     * of those it takes. */
    bool has_large_segments;
    uint16_t large_segments_min; /* segments one may hold however slow its flow; 0: two */
    /* Limit on the MSS we announce and send with, in octets, if lower than the link's; 0: none. */
    uint16_t mss_max;
    uint32_t receive_max; /* limit of a flow's receive window, in octets; 0: 4 MiB */
    size_t flow_max;      /* connections at a time */
    /* Handshakes that peers began; beyond it SYN cookies are used. As many again may wait for flow_admit; beyond that
     * SYNs are dropped. */
    size_t pending_max;
    size_t time_wait_max;     /* connections in TIME-WAIT; beyond it the oldest is dropped */
    size_t chunk_max;         /* chunks of 16 KiB for the data of all connections */
    uint16_t icmp_errors_max; /* to one peer per second; 0: 10 (RFC 4443 section 2.4(f)) */
    enum congestion_kind congestion;
    bool has_no_timestamps;    /* neither offers nor accepts them (RFC 7323 section 3.2) */
    bool asks_for_ecn;         /* in our SYNs (RFC 3168); a peer that asks for it gets it anyway */
    const struct rng *rng;     /* outlives the stack */
    const struct trace *trace; /* likewise; may be NULL */
};

/* NULL: there is not enough memory. */
struct stack *stack_new(const struct stack_setup *setup, struct instant now);
void stack_free(struct stack *stack);

/* A packet from the link, its IP header first. */
struct stack_packet {
    struct bytes octets;
    bool checksum_is_known; /* the link vouches for the checksum of TCP */
};

/* Damaged packets, and packets for others, are dropped and counted. FLOW_DATA may borrow from the packet, which must
 * stay valid until stack_next returns false or the next packet is fed; what is not consumed by then is copied. */
void stack_feed(struct stack *stack, const struct stack_packet *packet, struct instant now);

enum { STACK_SLICES = 8, STACK_HEADER_MAX = 120 };

/* A packet for the link: header, then the slices. */
struct stack_frame {
    uint8_t header[STACK_HEADER_MAX]; /* of IP and TCP */
    size_t header_len;
    size_t transport_at;               /* offset of the TCP or ICMP header */
    struct bytes slices[STACK_SLICES]; /* borrowed until the next call that is not stack_output */
    size_t slice_count;
    size_t len; /* all of it */
    /* 0, or the link must cut the payload into segments of that many octets. The checksum field then holds only the
     * folded sum of the pseudo header, and the link does the rest. */
    uint16_t segment_len;
    bool needs_checksum; /* likewise for a single segment: only if has_large_segments */
};

/* The next packet to send, round robin over the connections; false: nothing to send now. */
bool stack_output(struct stack *stack, struct instant now, struct stack_frame *frame);

struct instant stack_deadline(const struct stack *stack);
/* Nothing will happen until something comes from outside: the remaining deadlines only give back memory. */
bool stack_is_idle(const struct stack *stack);
void stack_expire(struct stack *stack, struct instant now);

enum flow_event_kind {
    FLOW_ASKED,  /* a SYN came for a deferred listener: answer with flow_admit or flow_refuse */
    FLOW_OPENED, /* ESTABLISHED */
    FLOW_DATA,   /* something can be received */
    FLOW_ROOM,   /* a full send buffer takes data again */
    FLOW_ACKED,  /* the peer acknowledged everything sent */
    FLOW_PEER_CLOSED, /* the peer's FIN came, after all its data */
    FLOW_SOFT_ERROR,  /* reported by ICMP; the connection goes on (MUST-56) */
    FLOW_SLOW,        /* many retransmissions: the owner should know (R1, SHLD-9) */
    FLOW_URGENT,      /* urgent data is on its way (MUST-32) */
    /* Each of these is the last event of its flow, which is then over: what was received may still be read, and after
     * that only flow_release is left to call. FLOW_CLOSED comes when TIME-WAIT begins. The end of TIME-WAIT is not
     * reported: RFC 9293 section 3.10.8 signals nothing to the user then, there is nothing to do about it, and the 48
     * octets kept meanwhile (time_wait.h) record neither owner nor addresses. It shows only in time_wait_now. */
    FLOW_CLOSED,      /* both sides have closed (MUST-12 tells these apart) */
    FLOW_REFUSED,     /* our SYN was answered by a reset, or with an MSS too small to be useful */
    FLOW_RESET,       /* by the peer */
    FLOW_TIMED_OUT,   /* R2, keep-alive or the user timeout; or FLOW_ASKED was not answered */
    FLOW_UNREACHABLE, /* a hard error of ICMP before ESTABLISHED */
};

struct flow_event {
    enum flow_event_kind kind;
    struct flow *flow;
    void *owner;            /* flow_set_owner's */
    enum icmp_meaning icmp; /* SOFT_ERROR, UNREACHABLE */
    bool is_new;            /* OPENED, ASKED: from a listener of ours */
};

bool stack_next(struct stack *stack, struct flow_event *event);

/* Counters for benches, tests and status lines; they only grow, except *_now. */
struct stack_counts {
    uint64_t packets_in, packets_out, segments_in, segments_out, octets_in, octets_out;
    uint64_t dropped_damaged, dropped_foreign, dropped_full;
    uint64_t retransmitted, resets_out, challenge_acks, cookies_sent, cookies_right;
    /* Segments whose octets differed from those already held at the same sequence numbers. */
    uint64_t overlap_mismatches;
    uint64_t icmp_errors_out, icmp_errors_held; /* held: not sent, because of the limit */
    size_t flows_now, pending_now, time_wait_now, chunks_now;
};
const struct stack_counts *stack_counts(struct stack *stack);
