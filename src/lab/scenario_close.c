/* SPDX-License-Identifier: BSD-2-Clause */
/* Windows that shut, and connections that end. */
#include "lab/scene.h"

enum { REQUEST = 45, ANSWER = 90, MUCH = 120 * 1000, WAIT_MS = 8000 };

void scenario_close_zero_window(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ .is_dense = true });
    scene->server->keeps_data = true;
    scene->client->to_send = scene_bytes(scene, MUCH);
    scene_connect(scene);
    scene_run(scene, WAIT_MS);
    actor_read(&scene->actors, NETWORK_SERVER);
    scene_finish(scene);
}

void scenario_close_orderly(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ 0 });
    scene->client->to_send = scene_bytes(scene, REQUEST);
    scene->client->closes_when_sent = true;
    scene_open(scene);
    actor_send(&scene->actors, NETWORK_SERVER, ANSWER);
    scene_run(scene, 500);
    actor_close(&scene->actors, NETWORK_SERVER);
    scene_finish(scene);
}

void scenario_close_simultaneous(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ 0 });
    scene_open(scene);
    actor_close(&scene->actors, NETWORK_CLIENT);
    actor_close(&scene->actors, NETWORK_SERVER);
    scene_finish(scene);
}

/* With timestamps the old segment would be recognized by its own (RFC 7323 section 5). */
void scenario_close_assassination(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ .has_no_timestamps = true });
    scene->client->to_send = scene_bytes(scene, REQUEST);
    scene->server->answers = ANSWER;
    scene_open(scene);
    if (!scene_is_open(scene))
        return;
    struct flow_status s = scene_status(scene, NETWORK_CLIENT);
    /* What the server sent first arrives once more. */
    struct tcp_segment old = { .seq = s.initial_received + 1,
                               .ack = s.send_next,
                               .flags = TCP_ACK,
                               .window = 1000,
                               .payload = BYTES_LITERAL("an old segment of the server") };
    scene->server->closes_back = true;
    actor_close(&scene->actors, NETWORK_CLIENT);
    scene_run(scene, 1000);
    scene_inject(scene, NETWORK_CLIENT, &old, "an old duplicate of what the server had sent, late");
    scene_finish(scene);
}
