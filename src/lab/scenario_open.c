/* SPDX-License-Identifier: BSD-2-Clause */
/* How a connection begins, or does not. */
#include "lab/scene.h"

enum { REQUEST = 45, ANSWER = 90, OLD_SYN_AGO = 10000 };

void scenario_open_plain(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ 0 });
    scene->server->answers = ANSWER;
    scene_open(scene);
    actor_send(&scene->actors, NETWORK_CLIENT, scene_bytes(scene, REQUEST));
    scene_run(scene, 100);
    scene_close(scene);
}

void scenario_open_lost_syn(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ 0 });
    scene_lose(scene, NETWORK_CLIENT, TCP_SYN, TCP_SYN, 0);
    scene_connect(scene);
    scene_finish(scene);
}

void scenario_open_lost_syn_ack(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ 0 });
    scene_lose(scene, NETWORK_SERVER, TCP_SYN | TCP_ACK, TCP_SYN | TCP_ACK, 0);
    scene_connect(scene);
    scene_finish(scene);
}

void scenario_open_lost_ack(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ 0 });
    scene_lose(scene, NETWORK_CLIENT, TCP_ACK, TCP_SYN | TCP_ACK | TCP_FIN, 0);
    scene_connect(scene);
    scene_finish(scene);
    actor_send(&scene->actors, NETWORK_CLIENT, scene_bytes(scene, REQUEST));
    scene_finish(scene);
}

void scenario_open_old_duplicate_syn(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ 0 });
    /* The new SYN is delayed; meanwhile the old one arrives. */
    network_add_rule(scene->network, &(struct network_rule){ .from = NETWORK_CLIENT,
                                                             .flags = TCP_SYN,
                                                             .mask = TCP_SYN,
                                                             .count = 1,
                                                             .delay_us = 60 * 1000 });
    scene_connect(scene);
    network_settle(scene->network);
    const struct tcp_segment old = { .seq = scene_status(scene, NETWORK_CLIENT).initial_sent -
                                            OLD_SYN_AGO,
                                     .flags = TCP_SYN,
                                     .window = UINT16_MAX,
                                     .options = { .has_mss = true, .mss = 1460 } };
    scene_inject(scene, NETWORK_SERVER, &old,
                 "an old duplicate: a SYN of an earlier connection that was on its way for long");
    scene_finish(scene);
}

void scenario_open_simultaneous(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ .has_no_listener = true });
    scene_connect(scene);
    actor_connect(&scene->actors, NETWORK_SERVER, SCENARIO_SERVER_PORT, SCENARIO_CLIENT_PORT);
    scene_finish(scene);
}

void scenario_open_refused(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ .has_no_listener = true });
    scene_connect(scene);
    scene_finish(scene);
}

void scenario_open_filtered(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ .has_no_listener = true });
    network_add_rule(scene->network, &(struct network_rule){ .from = NETWORK_CLIENT,
                                                             .count = UINT32_MAX,
                                                             .fate = STORY_FILTERED });
    scene_connect(scene);
    scene_finish(scene);
}
