/* SPDX-License-Identifier: BSD-2-Clause */
/* The user calls of RFC 9293 section 3.9.1 on a connection of a stack. A flow is valid from the call or event that
 * delivered it until flow_release. */
#pragma once

#include "tcpip/stack.h"

enum flow_state {
#define STATE(name) FLOW_STATE_##name,
#include "tcpip/tcp/flow_state.def"
#undef STATE
};

/* Passive OPEN on a port of all addresses; port 0 means every port without a listener of its own. A deferred listener
 * sends its SYN-ACK only after flow_admit. ERR_BAD_VALUE: the port has a listener already. */
NODISCARD enum err flow_listen(struct stack *stack, uint16_t port, bool is_deferred);
void flow_unlisten(struct stack *stack, uint16_t port);

/* Active OPEN, from `local_port` or, if 0, an unpredictable port (RFC 6056 section 3.3.4), and from the first of our
 * addresses of the remote one's IP version (MUST-44). ERR_NO_SPACE: no flow or port is free; ERR_BAD_VALUE: the remote
 * address is not unicast (MUST-46), or we have none of its version. */
NODISCARD enum err flow_connect(struct stack *stack, const struct ip_endpoint *remote,
                                uint16_t local_port, struct instant now, struct flow **flow);
/* The same from an address that the owner chooses (MUST-43), which may also be in one of the stack's networks. If its
 * version is 0 the stack chooses the address, if its port is 0 the port. ERR_BAD_VALUE also: the stack does not have
 * the address, or its version differs from the remote one's. */
NODISCARD enum err flow_connect_from(struct stack *stack, const struct ip_endpoint *local,
                                     const struct ip_endpoint *remote, struct instant now,
                                     struct flow **flow);

/* The answers to FLOW_ASKED, due within three minutes: after that the peer may have given up its SYN (MUST-23), and the
 * flow ends (FLOW_TIMED_OUT) without a segment to the peer. A refusal ends the flow, which must not be released. Either
 * call is allowed on a flow that is already over. Refusals by ICMP are rate-limited per peer
 * (stack_setup.icmp_errors_max); a peer that gets none sends its SYN again. */
void flow_admit(struct flow *flow, struct instant now);
enum flow_refusal {
    FLOW_REFUSE_RESET,
    FLOW_REFUSE_UNREACHABLE,
    FLOW_REFUSE_PROHIBITED,
    FLOW_REFUSE_SILENTLY
};
void flow_refuse(struct flow *flow, enum flow_refusal refusal, struct instant now);

void flow_set_owner(struct flow *flow, void *owner);

/* The first contiguous piece of what was received in order and not consumed. Borrowed until the next call on the
 * stack. */
struct bytes flow_received(const struct flow *flow);
/* The window opens by `count`, once that is worth announcing (MUST-39). */
void flow_consume(struct flow *flow, size_t count, struct instant now);

/* Room to write data into without a copy, until the next call on the stack; empty if the send buffer is full.
 * flow_commit sends what was written. After flow_close nothing may be sent. */
struct span flow_room(struct flow *flow);
void flow_commit(struct flow *flow, size_t count, struct instant now);
/* Copies what there is room for; returns how much. */
size_t flow_send(struct flow *flow, struct bytes data, struct instant now);
/* The same without PUSH (MAY-15): more will follow soon. Data that does not fill a segment waits for more, for an
 * acknowledgment, for flow_push, or for a timeout (MUST-38). */
size_t flow_send_more(struct flow *flow, struct bytes data, struct instant now);
/* Sends what was handed over now, as far as the windows allow, however small. */
void flow_push(struct flow *flow, struct instant now);

/* Ends a record: data sent later does not share a segment with data handed over before, as long as at most RECORDS_MAX
 * records are in flight. */
void flow_end_record(struct flow *flow, struct instant now);

/* Marks everything handed over so far as urgent (MUST-30, MUST-31): the segments that carry it say so. */
void flow_mark_urgent(struct flow *flow, struct instant now);

/* No more data: a FIN follows what was handed over. Receiving goes on. */
void flow_close(struct flow *flow, struct instant now);
/* Resets the connection. No event follows. */
void flow_abort(struct flow *flow, struct instant now);
/* Gives the flow back. If it is not over it is closed first, and lives on without an owner until its data is delivered.
 * If data then arrives for it, it is reset (SHLD-3), after delivering what was handed over. */
void flow_release(struct flow *flow, struct instant now);
/* Likewise, for an owner that has not read all that came: the peer must learn that the rest is lost (SHLD-3). What was
 * handed over is still delivered, then a reset is sent where flow_release sends a FIN. */
void flow_abandon(struct flow *flow, struct instant now);

struct flow_options {
    bool no_delay;            /* MUST-17: turns off Nagle's algorithm */
    bool is_corked;           /* a partial segment waits until this is cleared, or for a timeout */
    bool ends_when_shut;      /* treat a peer whose window stays shut as a silent one */
    uint32_t keep_alive_ms;   /* 0: off, the default (MUST-25) */
    uint32_t user_timeout_ms; /* R2 (MUST-21); 0: the default of 100 s or more */
    uint32_t receive_max;     /* octets the receive window may grow to */
    uint32_t send_max;        /* octets of the send buffer */
    uint8_t dscp;             /* MUST-48 */
    uint8_t ttl;              /* MUST-49 */
};
struct flow_options flow_options(const struct flow *flow);
void flow_set_options(struct flow *flow, const struct flow_options *options, struct instant now);

/* STATUS, for people, tests and explain: the counterpart of the kernel's TCP_INFO. */
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
        unread_urgent; /* octets to the end of the peer's urgent data, received or not (MUST-33) */
    uint64_t octets_sent, octets_received, retransmitted;
    uint8_t send_scale, receive_scale;
    bool has_sack, has_timestamps, has_ecn, has_scale;
};
struct flow_status flow_status(const struct flow *flow);
const char *flow_state_name(enum flow_state state); /* "SYN-SENT", as RFC 9293 writes it */
