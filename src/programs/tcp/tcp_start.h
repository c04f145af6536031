/* SPDX-License-Identifier: BSD-2-Clause */
/* What glassh-tcp receives before it begins: TCP_OPEN, the ports, TCP_BEGIN (ipc/record.def). */
#pragma once

#include "ipc/record.h"
#include "tcpip/wire/ip_address.h"

enum { TCP_START_ADDRESSES = 2, TCP_START_PORTS_MAX = 64 };

struct tcp_start {
    struct ip_address addresses[TCP_START_ADDRESSES]; /* at most one per version of IP */
    size_t address_count;
    int fds[TCP_START_ADDRESSES]; /* the devices: one for all, or IPv4's and IPv6's */
    size_t device_count;
    uint16_t mtu;
    bool has_large_segments, keeps_alive, tells_facts;
    uint16_t ports[TCP_START_PORTS_MAX];
    size_t port_count;
};

/* Waits for all of it. False: the owner is gone, or has sent something else. */
bool tcp_start_hear(int fd, struct record_gate *gate, struct tcp_start *start);
