/* SPDX-License-Identifier: BSD-2-Clause */
/* Connects by our own TCP (--tun, programs/common/tcp_link.h), trying the host's addresses one after the other. */
#pragma once

#include "os/dial.h"
#include "programs/common/tcp_link.h"

struct addrinfo;

struct tun_reach {
    struct tcp_link *link;   /* open; outlives it */
    struct dial_setup setup; /* as for dialling: host, port, family, watch, done, context */
    void (*hear)(void *context,
                 const struct tcp_link_news *news); /* everything the link reports; or NULL */
    struct addrinfo *found, *trying;                /* all addresses, and the one being tried */
    size_t index, count;
    uv_poll_t poll;
    bool is_polling;
};

/* Looks the name up, and blocks until that is done. `done` may be called from within, if there is nothing to try;
 * `watch` gets no descriptor. */
void tun_reach_start(struct tun_reach *reach, uv_loop_t *loop);
void tun_reach_stop(struct tun_reach *reach);
