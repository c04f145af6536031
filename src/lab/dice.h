/* SPDX-License-Identifier: BSD-2-Clause */
/* Random numbers that a seed reproduces (PCG32, O'Neill 2014). Not for secrets. */
#pragma once

#include "base/rng.h"

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state, stream;
};

/* Streams of the same seed are independent. */
struct dice dice_new(uint64_t seed, uint64_t stream);

uint32_t dice_roll(struct dice *d);
/* 0 to `bound` - 1; `bound` is not 0. */
uint32_t dice_below(struct dice *d, uint32_t bound);
/* True with a chance of `of_a_million` in a million. Always one roll, so that changing a chance does not shift later
 * rolls. */
bool dice_chance(struct dice *d, uint32_t of_a_million);

/* The dice as a machine's source of random octets; they outlive it. */
struct rng dice_rng(struct dice *d);
