/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens between two hosts, recorded for rendering: each segment with its octets and numbers, when it left and
 * what became of it; the states of both ends, and why they changed. The client is 0, the server 1. The text in a story
 * is our own, except SSH messages, which are escaped when they are added. */
#pragma once

#include "tcpip/flow.h"
#include "tcpip/wire/tcp_segment.h"

enum { STORY_ENDS = 2, STORY_SEGMENTS_MAX = 100000, STORY_STEPS_MAX = 500000, STORY_WHY = 112 };

enum story_fate {
    STORY_ARRIVES,
    STORY_LOST,      /* by chance */
    STORY_DROPPED,   /* by a rule of the scenario */
    STORY_NO_QUEUE,  /* the queue in front of the link was full */
    STORY_TOO_BIG,   /* for the path; a router reported it */
    STORY_SWALLOWED, /* likewise, but no router reported it */
    STORY_NO_HOST,   /* nobody has that address, or the host is off */
    STORY_FILTERED,  /* by a silent firewall */
};

/* A packet. */
struct story_segment {
    int from;
    bool is_injected; /* sent by neither end: by a third party, or an old duplicate */
    bool is_tcp;      /* else ICMP: described in `text` */
    bool is_again;    /* a retransmission */
    bool is_main;     /* of the connection that the story is about */
    bool is_marked;   /* on the way: the network is congested (RFC 3168) */
    bool is_late;     /* overtaken by others */
    enum story_fate fate;
    struct ip_endpoint source, destination;
    struct tcp_segment tcp; /* payload: only its length */
    enum ip_ecn ecn;        /* as it left */
    char why[STORY_WHY];    /* why it was sent; may be empty */
    char text[STORY_WHY];
    struct instant sent_at, arrived_at; /* arrived_at of the first copy */
    enum flow_state sent_states[STORY_ENDS], arrived_states[STORY_ENDS];
    unsigned copies;              /* that arrived */
    size_t octets_at, octets_len; /* the whole packet, in story_octets */
};

enum story_kind {
    STORY_LEAVES,  /* .segment */
    STORY_COMES,   /* .segment, .copy */
    STORY_STATE,   /* .old, .new, .text: why */
    STORY_ACTION,  /* .text: what the program or the person at an end does */
    STORY_NOTE,    /* .text: what an end's stack, or the network, notices */
    STORY_WINDOW,  /* .window, .threshold, .in_flight: of the client's congestion control */
    STORY_MESSAGE, /* of SSH: .text, .remark; .is_sealed; from .host */
    STORY_TITLE,   /* .text: a part begins */
};

struct story_step {
    enum story_kind kind;
    struct instant at;
    int host; /* the end it belongs to; -1: the network */
    size_t segment;
    unsigned copy;
    enum flow_state old, new;
    uint32_t window, threshold, in_flight; /* octets */
    bool is_sealed;
    char *text, *remark; /* owned by the story; may be NULL */
};

/* Where an end's sequence numbers begin: an initial sequence number and its name ("x", "y", then "x'" …; "z" for
 * injected segments). */
struct story_origin {
    int host;
    uint32_t number;
    char name[8];
};

struct story {
    struct instant start;
    struct ip_endpoint ends[STORY_ENDS]; /* of the connection it is about; port 0: not known yet */
    enum flow_state states[STORY_ENDS];
    struct story_segment *segments;
    size_t segment_count, segment_size;
    struct story_step *steps;
    size_t step_count, step_size;
    uint32_t sent_begin[STORY_ENDS], sent_end[STORY_ENDS]; /* ISS, and the end of what was sent */
    struct story_origin origins[16];
    size_t origin_count;
    uint8_t *octets;
    size_t octets_len, octets_size;
    const char *name, *title; /* of the scenario; borrowed */
    const char *lesson;
    uint64_t seed;
    bool is_dense; /* only special steps are shown in full, however few segments there are */
};

void story_init(struct story *story, struct instant start);
void story_wipe(struct story *story);

/* It is too long: nothing more is recorded. */
bool story_is_full(const struct story *story);

/* A packet leaves; returns its number. ICMP is recorded with a description. */
size_t story_leaves(struct story *story, int from, struct bytes packet, const char *why,
                    bool is_injected, struct instant at);
void story_fate(struct story *story, size_t segment, enum story_fate fate);
void story_comes(struct story *story, size_t segment, struct instant at);
/* After it was fed: records the states that follow. */
void story_came(struct story *story, size_t segment);

void story_state(struct story *story, int host, enum flow_state state, const char *why,
                 struct instant at);
void story_tell(struct story *story, enum story_kind kind, int host, const char *text,
                struct instant at);
void story_message(struct story *story, int host, const char *text, const char *remark,
                   bool is_sealed, struct instant at);
void story_window(struct story *story, uint32_t window, uint32_t threshold, uint32_t in_flight,
                  struct instant at);

/* The packet's octets; borrowed until the next packet leaves. */
struct bytes story_octets(const struct story *story, const struct story_segment *segment);

double story_ms(const struct story *story, struct instant at);

/* "x+1": a sequence number of `host`, relative to the nearest origin; false, and the plain number, if none is near. */
bool story_number(const struct story *story, int host, uint32_t number, char out[24]);

/* "SYN-ACK" */
void story_flags(uint8_t flags, char out[40]);
/* "mss 1460, sack-permitted": with their values; empty if there are none. */
void story_options(const struct tcp_options *options, char out[160]);
