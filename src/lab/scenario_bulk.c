/* SPDX-License-Identifier: BSD-2-Clause */
/* Bulk transfers. */
#include "lab/scene.h"

enum { BYTES = 1000 * 1000, FEW = 60 * 1000, RATE = 10 * 1000 * 1000, QUEUE = 64 * 1024 };

static void send(struct scene *scene, uint64_t usual)
{
    scene->client->to_send = scene_bytes(scene, usual);
    scene_connect(scene);
    scene_finish(scene);
    scene_close(scene);
}

void scenario_bulk_plain(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ .rate = RATE,
                                              .queue_max = QUEUE,
                                              .loss = 4000,
                                              .reorder = 3000,
                                              .duplicate = 2000,
                                              .is_dense = true });
    send(scene, BYTES);
}

void scenario_bulk_black_hole(struct scene *scene)
{
    scene_start(scene,
                &(struct scene_setup){ .path_mtu = 1400, .is_black_hole = true, .is_dense = true });
    send(scene, FEW);
}

void scenario_bulk_ecn(struct scene *scene)
{
    scene_start(scene, &(struct scene_setup){ .rate = RATE,
                                              .queue_max = 2 * QUEUE,
                                              .mark_at = QUEUE / 2,
                                              .uses_ecn = true,
                                              .is_dense = true });
    send(scene, BYTES);
}
