/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/dice.h"

static const uint64_t MULTIPLIER = 6364136223846793005u;

struct dice dice_new(uint64_t seed, uint64_t stream)
{
    struct dice d = { 0, stream << 1 | 1 };
    dice_roll(&d);
    d.state += seed;
    dice_roll(&d);
    return d;
}

uint32_t dice_roll(struct dice *d)
{
    uint64_t old = d->state;
    d->state = old * MULTIPLIER + d->stream;
    uint32_t mixed = (uint32_t)((old >> 18 ^ old) >> 27);
    unsigned turn = (unsigned)(old >> 59);
    return mixed >> turn | mixed << (-turn & 31);
}

uint32_t dice_below(struct dice *d, uint32_t bound)
{
    return (uint32_t)((uint64_t)dice_roll(d) * bound >> 32);
}

bool dice_chance(struct dice *d, uint32_t of_a_million)
{
    return dice_below(d, 1000000) < of_a_million;
}

static void fill(void *context, struct span out)
{
    for (size_t i = 0; i < out.len; i++)
        out.data[i] = (uint8_t)(dice_roll(context) >> 24);
}

struct rng dice_rng(struct dice *d)
{
    return (struct rng){ fill, d };
}
