/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/tcp_entrance.h"

#include "config/server_options.h"
#include "programs/common/tcp_link.h"
#include "programs/server/common/log.h"

enum { PROBLEM_MAX = 512 };

static void add_port(struct tcp_link_setup *setup, uint16_t port)
{
    for (size_t i = 0; i < setup->port_count; i++)
        if (setup->ports[i] == port)
            return;
    if (setup->port_count < TCP_LINK_PORTS_MAX)
        setup->ports[setup->port_count++] = port;
}

static void log_places(const struct tcp_link_setup *setup)
{
    for (size_t i = 0; i < setup->tuns.count; i++) {
        const struct ip_address *address = &setup->tuns.items[i].address;
        struct endpoint local = tcp_link_endpoint(ip_address_bytes(address), 0);
        for (size_t port = 0; port < setup->port_count; port++)
            LOG(LISTENING, .local = events_text(local.address),
                .local_port = events_number(setup->ports[port]));
    }
}

bool tcp_entrance_open(struct tcp_link *tcp, const struct server_options *options)
{
    scoped(buf) problem = BUF_EMPTY(PROBLEM_MAX);
    tcp->setup.port_count = 0;
    for (size_t i = 0; i < options->listen_count; i++)
        add_port(&tcp->setup, (uint16_t)options->listen[i].port);
    if (tcp->fd < 0 && tcp_link_open(tcp, &problem) != OK) {
        log_error("%s", buf_text(&problem));
        return false;
    }
    log_places(&tcp->setup);
    return true;
}
