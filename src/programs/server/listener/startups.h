/* SPDX-License-Identifier: BSD-2-Clause */
/* MaxStartups: which newcomers are turned away while many have not logged in yet. */
#pragma once

#include "config/option.h"

/* `count` have not logged in yet; `dice` is any random number. Up to `begin` nobody is turned away,
 * from `full` everybody, between them a share that grows from `rate` percent to all. */
bool startups_refuses(const struct option_startups *limits, int count, uint32_t dice);
