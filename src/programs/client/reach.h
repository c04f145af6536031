/* SPDX-License-Identifier: BSD-2-Clause */
/* Gets a descriptor that leads to the server: by TCP, the kernel's or our own, or through a ProxyCommand. */
#pragma once

#include "os/dial.h"
#include "os/endpoint.h"
#include "os/proxy_command.h"
#include "programs/client/settings.h"
#include "programs/client/tun_reach.h"

struct reach {
    const struct settings *settings;
    struct tcp_link *tcp; /* our own, open; or NULL */
    struct tun_reach tun;
    struct dial *dial;
    struct proxy_command proxy;
    struct endpoint peer; /* once connected; "UNKNOWN" behind a proxy */
    /* The progress of dialling; or NULL. */
    void (*watch)(void *context, const struct dial_event *event);
    /* What our own TCP reports; or NULL. */
    void (*hear)(void *context, const struct tcp_link_news *news);
    /* A non-blocking descriptor, now the owner's; or -1, which has been logged. */
    void (*done)(void *context, int fd);
    void *context;
    uv_timer_t timer; /* calls `done` when it must not be called from within reach_start */
    int fd;
};

/* Fills in the rest of the struct; the caller has set settings and the callbacks. */
void reach_start(struct reach *reach, uv_loop_t *loop);

/* Gives up what is under way, and ends a proxy. */
void reach_stop(struct reach *reach);

/* Marks the connection's packets for the kind of traffic (IPQoS). */
void reach_mark(int fd, int traffic_class);
