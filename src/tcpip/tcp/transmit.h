/* SPDX-License-Identifier: BSD-2-Clause */
/* What a flow sends next, one frame at a time, in this order: its SYN, what is lost, a probe for losses, new data as
 * far as the windows, Nagle (SHLD-7) and silly window avoidance (MUST-38) allow, its FIN, probes of a silent peer, and
 * a bare acknowledgment. */
#pragma once

#include "tcpip/tcp/flow_internal.h"

/* What the next frame carries: [begin, end) with SYN and FIN. */
struct transmit_plan {
    uint32_t begin, end;
    uint8_t flags; /* besides ACK: SYN, FIN, PSH */
    bool is_again;
    bool is_path_probe;
    bool has_no_ack; /* the first SYN */
    const char *why;
};

/* False: nothing now. Changes what was due. */
bool transmit_choose(struct flow *flow, struct instant now, struct transmit_plan *plan);

/* Chooses, writes the frame and records what is sent. False: nothing now. */
bool transmit(struct flow *flow, struct instant now, struct stack_frame *frame);
