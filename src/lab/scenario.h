/* SPDX-License-Identifier: BSD-2-Clause */
/* The scenarios: each sets two hosts and a network up, and lets something happen. The list is scenario.def. */
#pragma once

#include "lab/actor.h"

struct scenario_options {
    uint64_t seed;
    uint64_t bytes; /* 0: what the scenario has */
    int version;    /* of IP */
    /* What the caller wants of the path; negative or 0: what the scenario has. */
    int64_t delay_us, jitter_us;
    int64_t loss, reorder, duplicate; /* of a million */
    uint64_t rate;
    uint16_t mtu;
};

struct scenario {
    const char *name, *title, *lesson;
};

enum { SCENARIO_CLIENT_PORT = 50000, SCENARIO_SERVER_PORT = 22 };

struct scenario_options scenario_defaults(void);

/* By number, in the order of the list; false: there are no more. */
bool scenario_at(size_t number, struct scenario *scenario);
/* False: there is none of that name. */
bool scenario_find(const char *name, struct scenario *scenario);

/* Tells what happens in a scenario that scenario_find has found. The story is initialized here, and wiped by the
 * caller. */
void scenario_run(const char *name, const struct scenario_options *options, struct story *story);
