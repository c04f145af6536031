/* SPDX-License-Identifier: BSD-2-Clause */
/* How a flow begins and ends, whichever side causes it. */
#pragma once

#include "tcpip/tcp/flow_internal.h"

/* A new flow between two endpoints, CLOSED and in the table; NULL: all are in use. */
struct flow *flow_life_new(struct stack *stack, const struct ip_endpoint *local,
                           const struct ip_endpoint *remote, uint64_t hash, struct instant now);

/* Our sequence numbers begin at the ISS. */
void flow_life_set_initial(struct flow *flow, uint32_t initial_sent);
/* The peer's side of the handshake is known. */
void flow_life_agree(struct flow *flow, const struct flow_offer *offer, struct instant now);
/* The path or the options changed: recomputes Eff.snd.MSS (MUST-16). */
void flow_life_set_mss(struct flow *flow);
/* The flow has become ESTABLISHED. */
void flow_life_opened(struct flow *flow, struct instant now);

/* It may have something to send, or a new deadline. */
void flow_life_wake(struct flow *flow);

/* The flow is over, and `event` its last. Its state is CLOSED or TIME-WAIT; a flow without an owner no longer exists
 * after this. */
void flow_life_end(struct flow *flow, enum flow_event_kind event);
/* The flow enters TIME-WAIT, which has its own table: it is over, with FLOW_CLOSED. */
void flow_life_time_wait(struct flow *flow, struct instant now);
/* Frees a flow that is over and that its owner gives back. */
void flow_life_free(struct flow *flow);

/* Copies what nobody has consumed of the fed packet. */
void flow_life_settle(struct stack *stack);

/* Lends memory for what is in flight, if there is some and it would help (sent_log.h). */
void flow_life_lend_block(struct flow *flow);

/* The most octets of data in a frame. */
uint32_t flow_life_frame_max(const struct flow *flow);
/* Octets of window that memory allows us to promise. */
uint32_t flow_life_receive_room(const struct flow *flow);
/* Octets received in order and not consumed. */
uint32_t flow_life_unread(const struct flow *flow);
