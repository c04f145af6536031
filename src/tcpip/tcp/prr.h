/* SPDX-License-Identifier: BSD-2-Clause */
/* Proportional rate reduction (RFC 6937 as revised by RFC 9937): during loss recovery, what is
 * delivered decides what is sent, so that the flight shrinks evenly to the threshold without
 * bursts. All in octets. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct prr {
    uint32_t flight;    /* RecoverFS; 0: no recovery */
    uint32_t delivered; /* during recovery */
    uint32_t out;       /* sent during recovery */
};

/* `flight`: what was in flight before the loss, including what the ACK that revealed it delivered.
 * `unanswered`: what was acknowledged just before, without anything sent in response yet. */
void prr_begin(struct prr *prr, uint32_t flight, uint32_t unanswered);
void prr_end(struct prr *prr);
bool prr_is_on(const struct prr *prr);

void prr_sent(struct prr *prr, uint32_t octets);

/* An ACK delivered `delivered` octets and leaves `in_flight`. `is_safe`: it advanced SND.UNA and
 * showed no further loss. Returns what may be sent in response; in_flight plus this is the
 * congestion window. */
uint32_t prr_acked(struct prr *prr, uint32_t delivered, uint32_t in_flight, uint32_t threshold,
                   uint16_t mss, bool is_safe);
