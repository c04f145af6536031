/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens between two hosts, as it is remembered for those who tell it: each segment with its octets, its
 * numbers, when it left and what became of it; the states of both ends, and why they changed. The client is 0, the
 * server 1. Text in a story is ours, but for the messages of SSH, which are escaped when they come here. */
#pragma once

#include "tcpip/flow.h"
#include "tcpip/wire/tcp_segment.h"

enum { STORY_ENDS = 2, STORY_SEGMENTS_MAX = 100000, STORY_STEPS_MAX = 500000, STORY_WHY = 112 };

enum story_fate {
    STORY_ARRIVES,
    STORY_LOST,      /* by chance */
    STORY_DROPPED,   /* because the scenario wants it */
    STORY_NO_QUEUE,  /* the queue in front of the link was full */
    STORY_TOO_BIG,   /* for the path; a router said so */
    STORY_SWALLOWED, /* likewise, and no router said so */
    STORY_NO_HOST,   /* nobody has that address, or the host is off */
    STORY_FILTERED,  /* by a firewall that says nothing */
};

/* A packet. */
struct story_segment {
    int from;
    bool is_injected; /* neither end has sent it: a third one did, or it is older than the story */
    bool is_tcp;      /* or ICMP: `text` says what */
    bool is_again;    /* octets that had left before */
    bool is_main;     /* of the connection that the story is about */
    bool is_marked;   /* on the way: the network is congested (RFC 3168) */
    bool is_late;     /* others overtook it */
    enum story_fate fate;
    struct ip_endpoint source, destination;
    struct tcp_segment tcp; /* payload: length alone */
    enum ip_ecn ecn;        /* as it left */
    char why[STORY_WHY];    /* it was sent; may be empty */
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
    STORY_NOTE,    /* .text: what the stack of an end finds, or the network */
    STORY_WINDOW,  /* .window, .threshold, .in_flight: of the client's congestion control */
    STORY_MESSAGE, /* of SSH: .text, .remark; .is_sealed; from .host */
    STORY_TITLE,   /* .text: a part begins */
};

struct story_step {
    enum story_kind kind;
    struct instant at;
    int host; /* whose step it is; -1: the network's */
    size_t segment;
    unsigned copy;
    enum flow_state old, new;
    uint32_t window, threshold, in_flight; /* octets */
    bool is_sealed;
    char *text, *remark; /* owned by the story; may be NULL */
};

/* Where sequence numbers of an end begin: an initial sequence number and what it is called ("x", "y", then "x'" …;
 * "z" of what was injected). */
struct story_origin {
    int host;
    uint32_t number;
    char name[8];
};

struct story {
    struct instant start;
    struct ip_endpoint
        ends[STORY_ENDS]; /* of the connection that it is about; port 0: not known yet */
    enum flow_state states[STORY_ENDS];
    struct story_segment *segments;
    size_t segment_count, segment_size;
    struct story_step *steps;
    size_t step_count, step_size;
    uint32_t sent_begin[STORY_ENDS], sent_end[STORY_ENDS]; /* ISS, and behind what has left */
    struct story_origin origins[16];
    size_t origin_count;
    uint8_t *octets;
    size_t octets_len, octets_size;
    const char *name, *title; /* of the scenario; borrowed */
    const char *lesson;
    uint64_t seed;
    bool is_dense; /* only what is special is told in full, however few the segments are */
};

void story_init(struct story *story, struct instant start);
void story_wipe(struct story *story);

/* Nothing more is remembered: it is too long. */
bool story_is_full(const struct story *story);

/* A packet leaves; returns its number. ICMP is told with its text. */
size_t story_leaves(struct story *story, int from, struct bytes packet, const char *why,
                    bool is_injected, struct instant at);
void story_fate(struct story *story, size_t segment, enum story_fate fate);
void story_comes(struct story *story, size_t segment, struct instant at);
/* After it was fed: the states that it left. */
void story_came(struct story *story, size_t segment);

void story_state(struct story *story, int host, enum flow_state state, const char *why,
                 struct instant at);
void story_tell(struct story *story, enum story_kind kind, int host, const char *text,
                struct instant at);
void story_message(struct story *story, int host, const char *text, const char *remark,
                   bool is_sealed, struct instant at);
void story_window(struct story *story, uint32_t window, uint32_t threshold, uint32_t in_flight,
                  struct instant at);

/* The packet itself; borrowed until the next one leaves. */
struct bytes story_octets(const struct story *story, const struct story_segment *segment);

double story_ms(const struct story *story, struct instant at);

/* "x+1": a sequence number that `host` gives to its octets, by the origin it is nearest to; false, and the number itself,
 * if none is near. */
bool story_number(const struct story *story, int host, uint32_t number, char out[24]);

/* "SYN-ACK" */
void story_flags(uint8_t flags, char out[40]);
/* "mss 1460, sack-permitted": with their values; empty if there are none. */
void story_options(const struct tcp_options *options, char out[160]);
