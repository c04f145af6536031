/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/tcp/tcp_wire.h"

bool tcp_wire_feed(struct tcp_wire *wire, struct stack *stack, struct instant now)
{
    struct tun_packet packet;
    for (size_t i = 0; i < wire->device_count; i++) {
        if (!wire->can_read[i])
            continue;
        if (tun_read(&wire->devices[i], (struct span){ wire->room, TUN_ROOM }, &packet)) {
            const struct stack_packet fed = { packet.octets, packet.checksum_is_known };
            stack_feed(stack, &fed, now);
            return true;
        }
        wire->can_read[i] = false;
    }
    return false;
}

static void send_frame(const struct tcp_wire *wire, const struct stack_frame *frame)
{
    bool is_v6 = frame->header[0] >> 4 == 6;
    struct tun_frame out = {
        .parts = { bytes_of(frame->header, frame->header_len) },
        .part_count = 1 + frame->slice_count,
        .transport_at = frame->transport_at,
        .segment_len = frame->segment_len,
        .needs_checksum = frame->needs_checksum,
    };
    for (size_t i = 0; i < frame->slice_count; i++)
        out.parts[1 + i] = frame->slices[i];
    /* A packet that the device does not take is lost, and sent again like any other. */
    (void)tun_write(&wire->devices[is_v6 ? wire->for_v6 : 0], &out);
}

bool tcp_wire_flush(struct tcp_wire *wire, struct stack *stack, struct instant now, size_t most)
{
    struct stack_frame frame;
    size_t count = 0;
    while (count < most && stack_output(stack, now, &frame)) {
        send_frame(wire, &frame);
        count++;
    }
    return count == most;
}
