/* SPDX-License-Identifier: BSD-2-Clause */
/* "host:port" as PermitOpen and permitlisten= write it: a host with colons stands in brackets, and "*" is
 * any port. */
#pragma once

#include "base/bytes.h"

struct host_port {
    struct bytes host; /* borrowed, without brackets; empty: only a port was given */
    bool is_any_port;
    uint16_t port;
};

/* False when it is none. `needs_host`: a port alone is none. */
bool host_port_parse(struct bytes text, bool needs_host, struct host_port *out);

/* Whether one may connect there: the host is the same to the letter, or "*" is allowed. */
bool host_port_opens(const struct host_port *allowed, struct bytes host, uint16_t port);

/* Whether one may listen there: the host fits a pattern, or none was given. */
bool host_port_listens(const struct host_port *allowed, struct bytes host, uint16_t port);
