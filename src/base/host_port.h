/* SPDX-License-Identifier: BSD-2-Clause */
/* "host:port" as in PermitOpen and permitlisten=: a host with colons is in brackets, and "*" is any
 * port. */
#pragma once

#include "base/bytes.h"

struct host_port {
    struct bytes host; /* borrowed, without brackets; empty: only a port was given */
    bool is_any_port;
    uint16_t port;
};

/* False if the text is not of that form. With `needs_host`, a port alone is not. */
bool host_port_parse(struct bytes text, bool needs_host, struct host_port *out);

/* Whether connecting there is allowed: the host is exactly the same, or the allowed host is "*". */
bool host_port_opens(const struct host_port *allowed, struct bytes host, uint16_t port);

/* Whether listening there is allowed: the host matches the allowed pattern, or no pattern was given. */
bool host_port_listens(const struct host_port *allowed, struct bytes host, uint16_t port);
