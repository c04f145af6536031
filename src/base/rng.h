/* SPDX-License-Identifier: BSD-2-Clause */
/* The interface to a source of random octets: programs give the machines the library's generator
 * (crypto/random.h), tests give them a repeatable one. */
#pragma once

#include "base/bytes.h"

struct rng {
    void (*fill)(void *context, struct span out);
    void *context;
};

static inline void rng_fill(const struct rng *rng, void *data, size_t len)
{
    rng->fill(rng->context, (struct span){ data, len });
}
