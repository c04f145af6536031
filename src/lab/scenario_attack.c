/* SPDX-License-Identifier: BSD-2-Clause */
/* Peers that have forgotten the connection, and third parties. */
#include "lab/scene.h"

#include <string.h>

enum { REQUEST = 45, PENDING = 4, FLOOD = 6, WAIT_MS = 100, CHALLENGE_MS = 1100 };

void scenario_attack_half_open(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ 0 });
    scene->client->to_send = scene_bytes(scene, REQUEST);
    scene_open(scene);
    network_watch(scene->network, NULL);
    network_crash(scene->network, NETWORK_CLIENT);
    scene_run(scene, 1000);
    network_boot(scene->network, NETWORK_CLIENT);
    *scene->client = (struct actor){ 0 };
    *scene->server = (struct actor){ .flow = scene->server->flow };
    scene_connect(scene);
    scene_finish(scene);
}

/* Both sides have sent something, so that there are numbers to miss. */
static void start_talking(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ 0 });
    scene->client->to_send = scene_bytes(scene, REQUEST);
    scene->server->answers = REQUEST;
    scene_open(scene);
}

static void go_on_talking(struct scene *scene)
{
    actor_send(&scene->actors, NETWORK_CLIENT, REQUEST);
    scene_finish(scene);
}

void scenario_attack_blind_reset(struct scene *scene)
{
    start_talking(scene);
    if (!scene_is_open(scene))
        return;
    struct flow_status s = scene_status(scene, NETWORK_CLIENT);
    struct tcp_segment reset = { .seq = s.receive_next + 100000000, .flags = TCP_RST };
    scene_inject(scene, NETWORK_CLIENT, &reset, "a reset, with a number that was guessed: far off");
    scene_run(scene, CHALLENGE_MS);
    reset.seq = s.receive_next + 10000;
    scene_inject(scene, NETWORK_CLIENT, &reset,
                 "a reset, with a number that was guessed: within the window");
    scene_run(scene, CHALLENGE_MS);
    go_on_talking(scene);
}

void scenario_attack_blind_data(struct scene *scene)
{
    static const char evil[] = "rm -rf /\n";
    start_talking(scene);
    if (!scene_is_open(scene))
        return;
    struct flow_status s = scene_status(scene, NETWORK_CLIENT);
    struct tcp_segment data = { .seq = s.receive_next,
                                .ack = s.send_next + 1000000000,
                                .flags = TCP_ACK | TCP_PSH,
                                .window = 1000,
                                .options = { .has_timestamps = true,
                                             .timestamp = scene_timestamp(scene, NETWORK_SERVER) },
                                .payload = bytes_text(evil) };
    scene_inject(scene, NETWORK_CLIENT, &data, "data with a number that fits, but a guessed ack");
    scene_run(scene, CHALLENGE_MS);
    data.options.has_timestamps = false;
    data.ack = s.send_next;
    scene_inject(scene, NETWORK_CLIENT, &data,
                 "data whose seq and ack both fit, but that lacks a timestamp (RFC 7323)");
    scene_run(scene, CHALLENGE_MS);
    go_on_talking(scene);
}

void scenario_attack_wrong_ack(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ 0 });
    scene_connect(scene);
    network_settle(scene->network);
    uint32_t first = scene_status(scene, NETWORK_CLIENT).initial_sent;
    struct tcp_segment s = {
        .seq = 7, .ack = first + 1000, .flags = TCP_SYN | TCP_ACK, .window = 1000
    };
    scene_inject(scene, NETWORK_CLIENT, &s, "a SYN-ACK for a SYN that was never sent");
    scene_finish(scene);
    if (!scene_is_open(scene))
        return;
    struct flow_status server = scene_status(scene, NETWORK_SERVER);
    s = (struct tcp_segment){ .seq = server.receive_next,
                              .ack = server.send_next + 1000,
                              .flags = TCP_ACK,
                              .window = 1000,
                              .options = { .has_timestamps = true,
                                           .timestamp = scene_timestamp(scene, NETWORK_CLIENT) } };
    scene_inject(scene, NETWORK_SERVER, &s, "an ACK of octets that the server has not sent");
    scene_run(scene, CHALLENGE_MS);
    actor_send(&scene->actors, NETWORK_CLIENT, REQUEST);
    scene_finish(scene);
}

static struct ip_endpoint stranger(const struct scene *scene, unsigned n)
{
    struct ip_endpoint e = scene_endpoint(scene, NETWORK_CLIENT);
    size_t last = e.address.version == 4 ? 3 : 15;
    if (e.address.version == 4)
        memcpy(e.address.octets, (uint8_t[]){ 198, 51, 100 }, 3);
    e.address.octets[last] = (uint8_t)(100 + n);
    e.port = (uint16_t)(1000 + n);
    return e;
}

void scenario_attack_syn_flood(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ .pending_max = PENDING });
    struct ip_endpoint to = scene_endpoint(scene, NETWORK_SERVER);
    for (unsigned i = 0; i < FLOOD; i++) {
        const struct tcp_segment syn = { .seq = 1000 * i,
                                         .flags = TCP_SYN,
                                         .window = 1000,
                                         .options = { .has_mss = true, .mss = 1460 } };
        struct ip_endpoint from = stranger(scene, i);
        network_inject(scene->network, NETWORK_SERVER, &from, &to, &syn,
                       "a SYN of a flood, from an address that does not exist", 1000);
        scene_run(scene, 10);
    }
    scene->client->to_send = scene_bytes(scene, REQUEST);
    scene_connect(scene);
    scene_run(scene, WAIT_MS);
}
