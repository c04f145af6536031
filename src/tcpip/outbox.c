/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/outbox.h"

#include <string.h>

void outbox_init(struct outbox *o)
{
    o->begin = o->sent = o->end = 0;
}

void outbox_forget_sent(struct outbox *o, struct chunks *pool)
{
    for (; o->begin != o->sent; o->begin++) {
        uint32_t chunk = o->packets[o->begin % OUTBOX_PACKETS].chunk;
        if (chunk != CHUNK_NONE)
            chunks_give(pool, chunk);
    }
}

struct outbox_packet *outbox_room(struct outbox *o, struct chunks *pool)
{
    outbox_forget_sent(o, pool);
    if (o->end - o->begin == OUTBOX_PACKETS)
        return NULL;
    struct outbox_packet *packet = &o->packets[o->end % OUTBOX_PACKETS];
    packet->header_len = packet->transport_at = 0;
    packet->needs_checksum = false;
    packet->chunk = CHUNK_NONE;
    packet->chunk_len = 0;
    return packet;
}

void outbox_commit(struct outbox *o)
{
    o->end++;
}

bool outbox_output(struct outbox *o, const struct chunks *pool, struct stack_frame *frame)
{
    if (o->sent == o->end)
        return false;
    const struct outbox_packet *packet = &o->packets[o->sent++ % OUTBOX_PACKETS];
    memcpy(frame->header, packet->header, packet->header_len);
    frame->header_len = packet->header_len;
    frame->transport_at = packet->transport_at;
    frame->slice_count = 0;
    frame->segment_len = 0;
    frame->needs_checksum = packet->needs_checksum;
    if (packet->chunk != CHUNK_NONE) {
        struct bytes rest = bytes_span(chunks_span(pool, packet->chunk));
        frame->slices[frame->slice_count++] = bytes_slice(rest, 0, packet->chunk_len);
    }
    frame->len = packet->header_len + packet->chunk_len;
    return true;
}
