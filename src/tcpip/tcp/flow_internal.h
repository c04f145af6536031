/* SPDX-License-Identifier: BSD-2-Clause */
/* The transmission control block (RFC 9293 section 3.3.1). The names of the RFC: SND.UNA is log.begin, SND.NXT is
 * log.end, SND.WND send_window, SND.WL1 window_seq, SND.WL2 window_ack, SND.UP send_urgent; RCV.NXT receive_next,
 * RCV.WND is receive_window's, RCV.UP receive_urgent; ISS and IRS initial_sent and initial_received. */
#pragma once

#include "tcpip/chunk_queue.h"
#include "tcpip/stack_internal.h"
#include "tcpip/tcp/assembly.h"
#include "tcpip/tcp/congestion.h"
#include "tcpip/tcp/delayed_ack.h"
#include "tcpip/tcp/flow_offer.h"
#include "tcpip/tcp/keep_alive.h"
#include "tcpip/tcp/path_mtu.h"
#include "tcpip/tcp/persist.h"
#include "tcpip/tcp/receive_window.h"
#include "tcpip/tcp/records.h"
#include "tcpip/tcp/sent_log.h"

enum {
    FLOW_WINDOW_INITIAL = 65535,
    FLOW_RECEIVE_MAX = 4 << 20,
    FLOW_SEND_MAX = 4 << 20,
    FLOW_TTL = 64,               /* MUST-49 */
    FLOW_R1 = 3,                 /* SHLD-10: retransmissions before FLOW_SLOW */
    FLOW_R2_MS = 120 * 1000,     /* SHLD-11 */
    FLOW_R2_SYN_MS = 180 * 1000, /* MUST-23 */
    /* Time to decide about a SYN: a peer may give it up after this (MUST-23); if it has not, its next SYN asks
     * again. */
    FLOW_ASKED_MS = FLOW_R2_SYN_MS,
    FLOW_LINGER_MS = 60 * 1000, /* FIN-WAIT-2 of a flow without an owner */
    FLOW_TIMESTAMP_AGE_MS =
        24 * 24 * 3600 * 1000, /* RFC 7323 section 5.5: TS.Recent is no longer valid */
};

/* What a flow needs only while it sends: lent to it, and given back when it has been idle for a timeout
 * (flow_rest.h). */
struct flow_work {
    struct sent_log log;
    struct congestion congestion;
    struct records records;
};

/* What is kept of flow_work meanwhile. */
struct flow_rest {
    struct rto rto;
    struct instant since; /* nothing is in flight: log.timer_at */
    struct rack_window window;
    uint32_t next; /* SND.UNA and SND.NXT */
    uint32_t congestion_window, congestion_threshold;
    bool is_beginning; /* the first slow start was not over */
};

struct flow {
    struct stack *stack;
    void *owner;
    struct flow_work *work; /* NULL: the flow is at rest; see flow_work */
    struct flow_rest rest;
    struct flow_link links[FLOW_LIST_KINDS];
    uint64_t hash; /* flow_table_hash of both ends */
    struct ip_endpoint local, remote;

    uint8_t state;   /* enum flow_state */
    uint8_t icmp;    /* enum icmp_meaning, of an event */
    uint16_t events; /* bits, by enum flow_event_kind */
    bool is_in_table : 1;
    bool is_over : 1;      /* the last event was delivered, or none is due */
    bool is_released : 1;  /* the owner has given it back */
    bool is_passive : 1;   /* MUST-11 */
    bool is_abandoned : 1; /* released; a reset follows the data */
    bool is_closing : 1;   /* FIN follows the data */
    bool has_fin : 1;      /* the peer's was received in order */
    bool knows_fin : 1;    /* fin_at is valid */
    bool syn_was_lost : 1;
    bool no_delay : 1;
    bool is_corked : 1;
    bool ends_when_shut : 1;
    bool end_is_pushed : 1;  /* the last octet handed over gets PUSH (MAY-15) */
    bool waits_for_more : 1; /* a partial segment is kept back for now */
    bool wants_room : 1;     /* the owner found the send buffer full */
    bool wants_acked : 1;
    bool has_timestamps : 1, has_sack : 1, has_scale : 1, has_ecn : 1;
    bool ece_is_due : 1; /* RFC 3168 section 6.1.3: until CWR comes */
    bool cwr_is_due : 1;
    bool probe_is_due : 1; /* TLP's */
    bool window_probe_is_due : 1;
    bool alive_probe_is_due : 1;
    bool small_is_due : 1;   /* SWS avoidance has waited long enough (MUST-38) */
    bool syn_is_due : 1;     /* the handshake's segment again: the peer did not get it */
    bool path_is_proved : 1; /* a segment of this size has arrived */
    bool ack_is_late : 1;    /* R1 was reported */
    bool has_send_urgent : 1, has_receive_urgent : 1;

    /* Sending. */
    struct path_mtu path;
    struct persist persist;
    struct chunk_queue sending; /* handed over, not yet acknowledged */
    uint32_t send_end;          /* end of what was handed over */
    uint32_t small_end;         /* Nagle: end of the last segment that was not full */
    uint32_t send_window, send_window_max;
    uint32_t window_seq, window_ack;
    uint32_t send_urgent;
    uint32_t initial_sent;
    uint32_t send_max;
    uint32_t user_timeout_ms;
    struct instant
        stalled_at; /* since when the peer owes an ACK, or in LISTEN the owner a decision; or INSTANT_NEVER */
    uint16_t peer_mss; /* SendMSS of RFC 9293 section 3.7.1 */
    uint16_t mss;      /* Eff.snd.MSS: octets of data */
    uint8_t send_scale;
    uint8_t dscp, ttl;

    /* Receiving. */
    struct receive_window window;
    struct delayed_ack ack;
    struct assembly assembly;
    struct keep_alive alive;
    struct chunk_queue received;
    uint32_t receive_next;
    uint32_t read_next; /* the first octet that was not consumed */
    uint32_t fin_at;    /* sequence number of the peer's FIN */
    uint32_t receive_urgent;
    uint32_t initial_received;
    uint32_t receive_max;
    uint32_t last_ack_sent; /* RFC 7323 section 4.3 */
    uint32_t ts_recent, ts_offset;
    struct instant ts_recent_at;
    struct instant challenge_at; /* when the next challenge ACK may be sent */
    struct instant linger_at;    /* end of FIN-WAIT-2 without an owner, or INSTANT_NEVER */
    uint16_t mss_received;       /* the largest segment seen: "full" for delayed ACKs */

    uint64_t octets_sent, octets_received, retransmitted;
};

/* All of an idle connection: with its share of the stack's tables. */
enum { FLOW_OCTETS_MAX = 512 };
_Static_assert(sizeof(struct flow) + STACK_OCTETS_OF_FLOW <= FLOW_OCTETS_MAX,
               "an idle flow has become too large");

/* Gives a flow at rest its flow_work again; nothing about the connection changes. */
struct flow_work *flow_rest_wake(struct flow *flow);

static inline uint32_t flow_number(const struct flow *flow)
{
    return (uint32_t)(flow - flow->stack->flows);
}

static inline struct flow_work *flow_work(const struct flow *flow)
{
    return flow->work ? flow->work : flow_rest_wake(&flow->stack->flows[flow_number(flow)]);
}

/* ---- small helpers that many sources use ---- */

static inline bool flow_has_state(const struct flow *flow, unsigned states)
{
    return states >> flow->state & 1;
}

#define FLOW_STATES(a) (1U << FLOW_STATE_##a)
#define FLOW_STATES_SYNCHRONIZED                                                    \
    (FLOW_STATES(ESTABLISHED) | FLOW_STATES(FIN_WAIT_1) | FLOW_STATES(FIN_WAIT_2) | \
     FLOW_STATES(CLOSE_WAIT) | FLOW_STATES(CLOSING) | FLOW_STATES(LAST_ACK) |       \
     FLOW_STATES(TIME_WAIT))
#define FLOW_STATES_RECEIVING \
    (FLOW_STATES(ESTABLISHED) | FLOW_STATES(FIN_WAIT_1) | FLOW_STATES(FIN_WAIT_2))

/* The clock of our timestamps. */
static inline uint32_t flow_timestamp(uint32_t offset, struct instant now)
{
    return (uint32_t)(now.us / 1000) + offset;
}
