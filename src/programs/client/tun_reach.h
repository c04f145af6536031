/* SPDX-License-Identifier: BSD-2-Clause */
/* Connecting by our own TCP (--tun, programs/common/tcp_link.h): the host's addresses one after the other. */
#pragma once

#include "os/dial.h"
#include "programs/common/tcp_link.h"

struct addrinfo;

struct tun_reach {
    struct tcp_link *link;   /* open; outlives it */
    struct dial_setup setup; /* as for dialling: host, port, family, watch, done, context */
    void (*hear)(void *context,
                 const struct tcp_link_news *news); /* or NULL: all that the link says */
    struct addrinfo *found, *trying;                /* all, and the one that is being tried */
    size_t index, count;
    uv_poll_t poll;
    bool is_polling;
};

/* Looks the name up, and waits for that. `done` may be called from within, if there is nothing to try; no descriptor
 * is known to `watch`. */
void tun_reach_start(struct tun_reach *reach, uv_loop_t *loop);
void tun_reach_stop(struct tun_reach *reach);
