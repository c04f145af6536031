/* SPDX-License-Identifier: BSD-2-Clause */
/* The scenarios: each sets up two hosts and a network, and makes something happen. The list is scenario.def. */
#pragma once

#include "lab/actor.h"

struct scenario_options {
    uint64_t seed;
    uint64_t bytes; /* 0: the scenario's default */
    int version;    /* of IP */
    /* The caller's wishes for the path: negative, or 0 for rate and mtu, means the scenario's default. */
    int64_t delay_us, jitter_us;
    int64_t loss, reorder, duplicate; /* in a million */
    uint64_t rate;
    uint16_t mtu;
};

struct scenario {
    const char *name, *title, *lesson;
};

enum { SCENARIO_CLIENT_PORT = 50000, SCENARIO_SERVER_PORT = 22 };

struct scenario_options scenario_defaults(void);

/* By number, in the order of the list; false: no such number. */
bool scenario_at(size_t number, struct scenario *scenario);
/* False: no scenario has that name. */
bool scenario_find(const char *name, struct scenario *scenario);

/* Runs a scenario that scenario_find has found. The story is initialized here; the caller wipes it. */
void scenario_run(const char *name, const struct scenario_options *options, struct story *story);
