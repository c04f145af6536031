/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/tcp/tcp_start.h"

#include "os/record_socket.h"

#include <string.h>

enum { RECORD_SMALL = 256, MTU_MIN = 1280 };

static bool hear(int fd, struct record_gate *gate, struct buf *room, struct record *record,
                 struct seqpacket_descriptors *passed)
{
    return record_socket_take(fd, room, record, passed) == OK &&
           record_admit(gate, record->type, RECORD_OWNER, RECORD_TCP) == OK;
}

static bool add_address(struct tcp_start *start, struct bytes octets, uint8_t version)
{
    size_t len = version == 4 ? 4 : 16;
    if (octets.len == 0)
        return true;
    if (octets.len != len)
        return false;
    struct ip_address *address = &start->addresses[start->address_count++];
    address->version = version;
    memcpy(address->octets, octets.data, len);
    return true;
}

static bool take_opening(struct tcp_start *start, const struct record *open,
                         const struct seqpacket_descriptors *passed)
{
    uint32_t mtu = open->numbers[0];
    if (open->type != RECORD_TCP_OPEN || mtu < MTU_MIN || mtu > UINT16_MAX ||
        !add_address(start, open->texts[0], 4) || !add_address(start, open->texts[1], 6))
        return false;
    start->mtu = (uint16_t)mtu;
    start->has_large_segments = open->numbers[1] != 0;
    start->keeps_alive = open->numbers[2] != 0;
    start->tells_facts = open->numbers[3] != 0;
    start->device_count = passed->count;
    if (passed->count < 1 || passed->count > start->address_count)
        return false;
    memcpy(start->fds, passed->fds, passed->count * sizeof(start->fds[0]));
    return true;
}

bool tcp_start_hear(int fd, struct record_gate *gate, struct tcp_start *start)
{
    scoped(buf) room = BUF_EMPTY(RECORD_SMALL);
    struct record record;
    struct seqpacket_descriptors passed;
    *start = (struct tcp_start){ .mtu = 0 };
    if (!hear(fd, gate, &room, &record, &passed) || !take_opening(start, &record, &passed))
        return false;
    while (hear(fd, gate, &room, &record, &passed)) {
        if (record.type == RECORD_TCP_BEGIN)
            return true;
        uint32_t port = record.numbers[0];
        if (record.type != RECORD_TCP_LISTEN || port == 0 || port > UINT16_MAX ||
            start->port_count == TCP_START_PORTS_MAX)
            return false;
        start->ports[start->port_count++] = (uint16_t)port;
    }
    return false;
}
