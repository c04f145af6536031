/* SPDX-License-Identifier: BSD-2-Clause */
/* MaxStartups: whether a newcomer is turned away while many have not logged in yet. */
#pragma once

#include "config/option.h"

/* `count` have not logged in yet; `dice` is any random number. Below `begin` nobody is turned away, from `full` on
 * everybody, in between a share that grows from `rate` percent to all. */
bool startups_refuses(const struct option_startups *limits, int count, uint32_t dice);
