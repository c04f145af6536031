/* SPDX-License-Identifier: BSD-2-Clause */
/* The user calls of RFC 9293 section 3.9.1 on a connection of a stack. A flow is valid from the call or the event
 * that gave it until flow_release. */
#pragma once

#include "tcpip/stack.h"

enum flow_state {
#define STATE(name) FLOW_STATE_##name,
#include "tcpip/tcp/flow_state.def"
#undef STATE
};

/* Passive OPEN on a port of all addresses; port 0 stands for all ports that have no listener of their own. A deferred
 * one sends its SYN-ACK only when flow_admit says so. ERR_BAD_VALUE: there is one already. */
NODISCARD enum err flow_listen(struct stack *stack, uint16_t port, bool is_deferred);
void flow_unlisten(struct stack *stack, uint16_t port);

/* Active OPEN, from `local_port` or, if 0, one that cannot be guessed (RFC 6056 section 3.3.4), and from the first of our
 * addresses that has the version of the remote one (MUST-44). ERR_NO_SPACE: no flow or port is free; ERR_BAD_VALUE: no
 * unicast address (MUST-46), or none of ours is of its version. */
NODISCARD enum err flow_connect(struct stack *stack, const struct ip_endpoint *remote,
                                uint16_t local_port, struct instant now, struct flow **flow);
/* The same from an address that the owner names (MUST-43), which may be one of the stack's networks too; one of version 0 is
 * chosen, and so is port 0. ERR_BAD_VALUE also: it is no address of the stack's, or of another version than the remote one. */
NODISCARD enum err flow_connect_from(struct stack *stack, const struct ip_endpoint *local,
                                     const struct ip_endpoint *remote, struct instant now,
                                     struct flow **flow);

/* To FLOW_ASKED, within three minutes: after those the peer may have given up its SYN (MUST-23), and the flow is over
 * (FLOW_TIMED_OUT) without a word to it. A refusal ends the flow: it is not to be released. Both may come when it is over
 * already. Of refusals by ICMP one peer hears only so many in a second (stack_setup.icmp_errors_max); another, and it asks
 * again. */
void flow_admit(struct flow *flow, struct instant now);
enum flow_refusal {
    FLOW_REFUSE_RESET,
    FLOW_REFUSE_UNREACHABLE,
    FLOW_REFUSE_PROHIBITED,
    FLOW_REFUSE_SILENTLY
};
void flow_refuse(struct flow *flow, enum flow_refusal refusal, struct instant now);

void flow_set_owner(struct flow *flow, void *owner);

/* What was received in order and not consumed: the first piece of it. Borrowed until the next call on the stack. */
struct bytes flow_received(const struct flow *flow);
/* The window opens by as much, when that is worth telling (MUST-39). */
void flow_consume(struct flow *flow, size_t count, struct instant now);

/* Room to write data into, without a copy, until the next call on the stack; empty when the send buffer is full. What is then committed will be
 * sent. After flow_close nothing may be sent. */
struct span flow_room(struct flow *flow);
void flow_commit(struct flow *flow, size_t count, struct instant now);
/* Copies as much as there is room for, and returns that. */
size_t flow_send(struct flow *flow, struct bytes data, struct instant now);
/* The same without PUSH (MAY-15): more comes soon. What fills no segment waits for that, for an acknowledgment, or for
 * flow_push; a timeout ends it (MUST-38). */
size_t flow_send_more(struct flow *flow, struct bytes data, struct instant now);
/* What was handed over goes now, as far as the windows let it, however small it is. */
void flow_push(struct flow *flow, struct instant now);

/* What was handed over until now ends a record: what is sent later gets segments of its own, so long as there are no more
 * than RECORDS_MAX of them on their way. */
void flow_end_record(struct flow *flow, struct instant now);

/* What was handed over until now ends urgent data (MUST-30, MUST-31): the segments that carry it say so. */
void flow_mark_urgent(struct flow *flow, struct instant now);

/* Nothing more will be sent: FIN behind the data. Receiving goes on. */
void flow_close(struct flow *flow, struct instant now);
/* Resets the connection. No event follows. */
void flow_abort(struct flow *flow, struct instant now);
/* Gives the flow back. One that is not over is closed first and lives on unseen until its data is delivered; data that
 * comes for it then makes it reset (SHLD-3), behind what was handed over. */
void flow_release(struct flow *flow, struct instant now);
/* Likewise, by an owner who has not read all that came: the peer is to know that it is lost (SHLD-3). What was handed over
 * is still delivered, and behind it comes a reset where flow_release has a FIN. */
void flow_abandon(struct flow *flow, struct instant now);

struct flow_options {
    bool no_delay;            /* MUST-17: without Nagle's algorithm */
    bool is_corked;           /* what fills no segment waits until this ends, or for a timeout */
    bool ends_when_shut;      /* a peer whose window stays shut is given up like a silent one */
    uint32_t keep_alive_ms;   /* 0: off, the default (MUST-25) */
    uint32_t user_timeout_ms; /* R2 (MUST-21); 0: the default of 100 s or more */
    uint32_t receive_max;     /* octets the receive window may grow to */
    uint32_t send_max;        /* octets of the send buffer */
    uint8_t dscp;             /* MUST-48 */
    uint8_t ttl;              /* MUST-49 */
};
struct flow_options flow_options(const struct flow *flow);
void flow_set_options(struct flow *flow, const struct flow_options *options, struct instant now);

/* STATUS, for people, tests and explain: what TCP_INFO is for the kernel's. */
struct flow_status {
    enum flow_state state;
    struct ip_endpoint local, remote;
    uint32_t send_begin, send_next, receive_next;     /* SND.UNA, SND.NXT, RCV.NXT */
    uint32_t initial_sent, initial_received;          /* ISS, IRS */
    uint32_t send_window, receive_window;             /* octets */
    uint16_t mss;                                     /* octets of data in a segment */
    uint32_t congestion_window, slow_start_threshold; /* octets */
    uint32_t round_trip_us, round_trip_variation_us, timeout_us, min_round_trip_us;
    uint32_t in_flight, unsent, unread; /* octets */
    uint32_t
        unread_urgent; /* octets up to the end of the peer's urgent data, that which is to come too (MUST-33) */
    uint64_t octets_sent, octets_received, retransmitted;
    uint8_t send_scale, receive_scale;
    bool has_sack, has_timestamps, has_ecn, has_scale;
};
struct flow_status flow_status(const struct flow *flow);
const char *flow_state_name(enum flow_state state); /* "SYN-SENT", as RFC 9293 writes it */
