/* SPDX-License-Identifier: BSD-2-Clause */
/* Repeatable randomness and points of time for tests. */
#pragma once

#include "base/instant.h"
#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Splitmix64. */
static inline uint64_t dice_next(uint64_t *dice)
{
    uint64_t z = (*dice += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* 0 to below - 1 */
static inline uint32_t dice_roll(uint64_t *dice, uint32_t below)
{
    return (uint32_t)(dice_next(dice) % below);
}

static inline void dice_fill(void *context, struct span out)
{
    for (size_t i = 0; i < out.len; i++)
        out.data[i] = (uint8_t)dice_next(context);
}

static inline struct rng dice_rng(uint64_t *dice)
{
    return (struct rng){ dice_fill, dice };
}

static inline struct instant at_ms(int64_t ms)
{
    return (struct instant){ ms * 1000 };
}

static inline struct instant at_us(int64_t us)
{
    return (struct instant){ us };
}
