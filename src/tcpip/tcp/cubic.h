/* SPDX-License-Identifier: BSD-2-Clause */
/* Congestion avoidance by CUBIC (RFC 9438): the window is a cubic function of the time since it was
 * reduced, flat where the loss was, and never smaller than Reno's. All in octets, microseconds and
 * integers; the constants of section 5 are fractions: C = 2/5, beta = 7/10. Time in which the
 * window was not in use does not count (section 5.8). */
#pragma once

#include "base/instant.h"

struct cubic {
    struct instant last_at; /* of an ACK */
    uint64_t window_reno;   /* W_est, in 2^-16 octets */
    uint32_t window_max;    /* W_max; 0: the next epoch begins at its own */
    uint32_t window_prior;  /* cwnd_prior */
    uint32_t origin_ms;     /* K */
    uint32_t elapsed_us;    /* of the epoch */
    uint32_t fraction;      /* of an octet of growth, in units of 1/`window` */
    bool has_epoch;
};

void cubic_init(struct cubic *cubic);

/* Reduces the window, with `flight` octets in flight: returns the new threshold. */
uint32_t cubic_reduce(struct cubic *cubic, uint32_t window, uint32_t flight, uint16_t mss,
                      bool is_timeout);
/* The reduction was a mistake; the window is `window` again (section 4.9). */
void cubic_undo(struct cubic *cubic, uint32_t window);

/* The window after `octets` were delivered: never smaller than `window`, and at most half as large
 * again per window delivered. */
uint32_t cubic_grow(struct cubic *cubic, uint32_t window, uint32_t octets, uint16_t mss,
                    uint32_t smoothed_us, struct instant now);
/* The window was not in use until now. */
void cubic_pause(struct cubic *cubic, struct instant now);
