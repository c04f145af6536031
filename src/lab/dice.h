/* SPDX-License-Identifier: BSD-2-Clause */
/* Chance that a seed repeats (PCG32, O'Neill 2014). Not for secrets. */
#pragma once

#include "base/rng.h"

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state, stream;
};

/* Dice of one seed and different streams have nothing to do with each other. */
struct dice dice_new(uint64_t seed, uint64_t stream);

uint32_t dice_roll(struct dice *d);
/* 0 to `bound` - 1; `bound` is not 0. */
uint32_t dice_below(struct dice *d, uint32_t bound);
/* True in so many of a million cases. One roll, whatever the answer and the number: what is asked for else does not shift
 * when a chance changes. */
bool dice_chance(struct dice *d, uint32_t of_a_million);

/* As a machine's source of random octets; the dice outlive it. */
struct rng dice_rng(struct dice *d);
