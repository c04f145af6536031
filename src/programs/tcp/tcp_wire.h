/* SPDX-License-Identifier: BSD-2-Clause */
/* Moves packets between the stack and its devices, both ways. */
#pragma once

#include "os/tun.h"
#include "tcpip/stack.h"

enum { TCP_WIRE_DEVICES = 2 };

struct tcp_wire {
    struct tun devices[TCP_WIRE_DEVICES];
    bool can_read[TCP_WIRE_DEVICES];
    size_t device_count;
    size_t for_v6; /* the index of IPv6's device; IPv4's is the first */
    uint8_t *room; /* TUN_ROOM octets */
};

/* Reads the next packet of any device and feeds it; the stack's events are due after that. False: no packet. */
bool tcp_wire_feed(struct tcp_wire *wire, struct stack *stack, struct instant now);

/* Writes what the stack has to send, up to `most` packets. True: there may be more. */
bool tcp_wire_flush(struct tcp_wire *wire, struct stack *stack, struct instant now, size_t most);
