/* SPDX-License-Identifier: BSD-2-Clause */
/* SEGMENT ARRIVES (RFC 9293 section 3.10.7). A segment goes to whatever its endpoints belong to: a flow, a pending
 * handshake, a connection in TIME-WAIT, a listener, or nothing. For a flow beyond SYN-SENT each numbered step of
 * section 3.10.7.4 is a function, called in the order of the RFC. */
#pragma once

#include "tcpip/tcp/flow_internal.h"

struct arrival {
    struct stack *stack;
    const struct ip_header *ip;
    const struct tcp_segment *segment; /* as it came */
    struct ip_endpoint local, remote;
    uint64_t hash;
    struct instant now;
    /* The part that counts: cut to what is new and within the window (step 1). */
    uint32_t seq;
    uint8_t flags;
    struct bytes payload;
    bool was_cut; /* its end was cut off */
    /* Replaces a connection in TIME-WAIT: our ISS must not be before this. */
    bool has_least_sent;
    uint32_t least_sent;
};

enum arrive_verdict { ARRIVE_GO_ON, ARRIVE_DONE };

void arrive(struct arrival *a);

/* ---- arrive_listen.c: section 3.10.7.2 ---- */
void arrive_listen(struct arrival *a, enum listeners_kind kind);
/* For a flow that waits for its owner's decision (FLOW_ASKED). */
void arrive_listen_flow(struct flow *flow, struct arrival *a);

/* ---- arrive_pending.c: section 3.10.7.4 for a handshake that is not a flow yet ---- */
void arrive_pending(struct arrival *a, uint32_t entry);
void arrive_pending_expire(struct stack *stack, uint32_t entry, struct instant now);
/* Begins one; false: there are too many. */
bool arrive_pending_begin(const struct arrival *a, const struct flow_offer *offer);
/* ICMP says that the SYN-ACK with this number cannot reach the peer. */
void arrive_pending_unreachable(struct stack *stack, uint32_t entry, uint32_t seq);
/* An ACK that may answer a SYN cookie. False: it does not. */
bool arrive_pending_cookie(struct arrival *a);

/* ---- arrive_time_wait.c ---- */
void arrive_time_wait(struct arrival *a, uint32_t entry);

/* ---- arrive_syn_sent.c: section 3.10.7.3 ---- */
void arrive_syn_sent(struct flow *flow, struct arrival *a);

/* ---- arrive_flow.c: section 3.10.7.4, the steps in their order ---- */
void arrive_flow(struct flow *flow, struct arrival *a);

/* ---- arrive_sequence.c: steps 1 to 4 ---- */
enum arrive_verdict arrive_sequence_check(struct flow *flow, struct arrival *a);
enum arrive_verdict arrive_sequence_reset(struct flow *flow, struct arrival *a);
enum arrive_verdict arrive_sequence_syn(struct flow *flow, struct arrival *a);
/* The timestamp checks of step 1, for a connection that uses timestamps. A segment without one is dropped silently
 * (RFC 7323 section 3.2), unless it is a reset, or a SYN: that may come from a peer that has forgotten the connection,
 * and gets a challenge (RFC 5961 section 4). A timestamp before TS.Recent means an old duplicate, except on a reset
 * (section 5.3, R1). */
bool arrive_sequence_lacks_timestamp(const struct arrival *a, bool has_timestamps);
bool arrive_sequence_is_outdated(const struct tcp_segment *s, bool has_timestamps,
                                 uint32_t ts_recent);
/* Sends a challenge ACK (RFC 5961 section 7), unless the last one was just now. */
void arrive_sequence_challenge(struct flow *flow, const struct arrival *a, const char *why);

/* ---- arrive_ack.c: step 5 ---- */
enum arrive_verdict arrive_ack(struct flow *flow, struct arrival *a);

/* ---- arrive_text.c: steps 6 to 8, and what follows the SYN in a segment of SYN-SENT ---- */
/* `octets`, from `seq` on, were received before, as far as they are still held: the first copy counts. A difference is
 * traced and counted, as somebody may be trying to show two hosts different streams. */
void arrive_text_compare(struct flow *flow, const struct arrival *a, uint32_t seq,
                         struct bytes octets);
void arrive_text_urgent(struct flow *flow, struct arrival *a);
enum arrive_verdict arrive_text(struct flow *flow, struct arrival *a);
void arrive_text_fin(struct flow *flow, struct arrival *a);
