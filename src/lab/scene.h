/* SPDX-License-Identifier: BSD-2-Clause */
/* What every scenario starts from: a network with two programs, and the caller's options. */
#pragma once

#include "lab/scenario.h"

struct scene {
    struct network *network;
    struct actors actors;
    struct actor *client, *server; /* the actors */
    struct story *story;
    const struct scenario_options *options;
};

/* A scenario's settings; 0: the default of all. */
struct scene_setup {
    uint64_t rate;
    uint32_t queue_max, mark_at, loss, reorder, duplicate;
    uint16_t path_mtu;
    bool is_black_hole, uses_ecn, has_no_timestamps, is_dense, has_no_listener;
    size_t pending_max;
    /* Handles the stacks' events, in place of the actors. */
    void (*event)(void *context, int host, const struct flow_event *event);
    void *context;
};

void scene_start(struct scene *scene, const struct scene_setup *setup);

/* Virtual time passes. */
void scene_run(struct scene *scene, int64_t ms);
/* … until nothing more happens, for at most two hours. */
void scene_finish(struct scene *scene);

void scene_connect(struct scene *scene);
/* Connects, and runs for 200 ms. */
void scene_open(struct scene *scene);
/* The client closes, the server closes in return, and all timers run out. */
void scene_close(struct scene *scene);

/* How much to send: `usual`, unless the caller's options say otherwise. */
uint64_t scene_bytes(const struct scene *scene, uint64_t usual);

/* Injects a segment to `host` in the name of the other end, with the ports of the connection. */
void scene_inject(struct scene *scene, int host, const struct tcp_segment *segment,
                  const char *why);

/* Whether both ends have opened the connection: over a path that the caller made bad enough they may not have. */
bool scene_is_open(const struct scene *scene);

/* The status of an end, which must have a connection. */
struct flow_status scene_status(const struct scene *scene, int host);

/* A timestamp that the end could send next, as an attacker might guess it; 0: it has sent none. */
uint32_t scene_timestamp(const struct scene *scene, int host);

/* Drops the n-th packet, from 0, of an end with (flags & mask) == flags. */
void scene_lose(struct scene *scene, int host, uint8_t flags, uint8_t mask, unsigned n);

struct ip_endpoint scene_endpoint(const struct scene *scene, int host);

#define SCENARIO(file, function, ...) void scenario_##file##_##function(struct scene *scene);
#include "lab/scenario.def"
#undef SCENARIO
