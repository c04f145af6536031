/* SPDX-License-Identifier: BSD-2-Clause */
/* A uv_poll handle that fits the pump: it exists only once it is needed, copes with a descriptor that another handle
 * watches already and with one that cannot be polled, and is changed only when the wanted events differ, because each
 * change costs libuv two system calls. */
#pragma once

#include <stdbool.h>
#include <uv.h>

struct pump_watch;

typedef void (*pump_watch_fn)(void *context, int events);

/* NULL: the descriptor cannot be polled, and is always ready (regular files, /dev/null). On an error `ready` gets all
 * wanted events: the next read or write will report it. */
struct pump_watch *pump_watch_new(uv_loop_t *loop, int fd, pump_watch_fn ready, void *context);

/* UV_READABLE and UV_WRITABLE, or 0. */
void pump_watch_set(struct pump_watch *watch, int events);
int pump_watch_events(const struct pump_watch *watch);

/* The descriptor may be closed right afterwards. */
void pump_watch_free(struct pump_watch *watch);
