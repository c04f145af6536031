/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/scene.h"

#include "base/check.h"

enum {
    DELAY_US = 10 * 1000,
    QUEUE_MAX = 256 * 1024,
    MTU = 1500,
    OPEN_MS = 200,
    QUIET_MS = 2 * 3600 * 1000
};

static uint32_t chance(int64_t wish, uint32_t usual)
{
    return wish >= 0 ? (uint32_t)wish : usual;
}

void scene_start(struct scene *scene, const struct scene_setup *setup)
{
    const struct scenario_options *o = scene->options;
    uint16_t mtu = o->mtu ? o->mtu : setup->path_mtu ? setup->path_mtu : MTU;
    const struct network_setup network = {
        .seed = o->seed,
        .version = o->version,
        .path = {
            .delay_us = o->delay_us >= 0 ? o->delay_us : DELAY_US,
            .jitter_us = o->jitter_us >= 0 ? o->jitter_us : 0,
            .rate = o->rate ? o->rate : setup->rate,
            .queue_max = setup->queue_max ? setup->queue_max : QUEUE_MAX,
            .mark_at = setup->mark_at,
            .loss = chance(o->loss, setup->loss),
            .reorder = chance(o->reorder, setup->reorder),
            .duplicate = chance(o->duplicate, setup->duplicate),
            .mtu = mtu,
        },
        .is_black_hole = setup->is_black_hole,
        .mtu = mtu > MTU ? mtu : MTU,
        .pending_max = setup->pending_max,
        .uses_ecn = setup->uses_ecn,
        .has_no_timestamps = setup->has_no_timestamps,
        .story = scene->story,
        .event = setup->event ? setup->event : actor_event,
        .context = setup->event ? setup->context : &scene->actors,
    };
    scene->network = scene->actors.network = network_new(&network);
    scene->client = &scene->actors.ends[NETWORK_CLIENT];
    scene->server = &scene->actors.ends[NETWORK_SERVER];
    scene->story->is_dense = setup->is_dense;
    network_name_ends(scene->network, SCENARIO_CLIENT_PORT, SCENARIO_SERVER_PORT);
    if (!setup->has_no_listener)
        actor_listen(&scene->actors, NETWORK_SERVER, SCENARIO_SERVER_PORT);
    scene->client->is_terse = scene->server->is_terse = setup->is_dense;
}

void scene_run(struct scene *scene, int64_t ms)
{
    network_run(scene->network, ms, false);
}

void scene_finish(struct scene *scene)
{
    network_run(scene->network, QUIET_MS, true);
}

void scene_connect(struct scene *scene)
{
    actor_connect(&scene->actors, NETWORK_CLIENT, SCENARIO_CLIENT_PORT, SCENARIO_SERVER_PORT);
}

void scene_open(struct scene *scene)
{
    scene_connect(scene);
    scene_run(scene, OPEN_MS);
}

void scene_close(struct scene *scene)
{
    scene->server->closes_back = true;
    actor_close(&scene->actors, NETWORK_CLIENT);
    scene_finish(scene);
}

uint64_t scene_bytes(const struct scene *scene, uint64_t usual)
{
    return scene->options->bytes ? scene->options->bytes : usual;
}

struct ip_endpoint scene_endpoint(const struct scene *scene, int host)
{
    return scene->story->ends[host];
}

void scene_inject(struct scene *scene, int host, const struct tcp_segment *segment, const char *why)
{
    network_inject(scene->network, host, &scene->story->ends[1 - host], &scene->story->ends[host],
                   segment, why, DELAY_US);
}

bool scene_is_open(const struct scene *scene)
{
    return scene->client->is_open && scene->client->flow && scene->server->is_open &&
           scene->server->flow;
}

struct flow_status scene_status(const struct scene *scene, int host)
{
    CHECK(scene->actors.ends[host].flow != NULL);
    return flow_status(scene->actors.ends[host].flow);
}

uint32_t scene_timestamp(const struct scene *scene, int host)
{
    for (size_t i = scene->story->segment_count; i > 0; i--) {
        const struct story_segment *s = &scene->story->segments[i - 1];
        if (s->from == host && s->tcp.options.has_timestamps)
            return s->tcp.options.timestamp + 1;
    }
    return 0;
}

void scene_lose(struct scene *scene, int host, uint8_t flags, uint8_t mask, unsigned n)
{
    network_add_rule(scene->network, &(struct network_rule){ .from = host,
                                                             .flags = flags,
                                                             .mask = mask,
                                                             .first = n,
                                                             .count = 1,
                                                             .fate = STORY_DROPPED });
}
