/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets ready to leave that belong to no flow: resets, SYN-ACKs, acknowledgments from TIME-WAIT, and ICMP answers.
 * When it is full the newest is lost, as on any link. */
#pragma once

#include "tcpip/chunks.h"
#include "tcpip/stack.h"

enum { OUTBOX_PACKETS = 256 };

struct outbox_packet {
    uint8_t header[STACK_HEADER_MAX];
    uint8_t header_len, transport_at;
    bool needs_checksum;
    uint32_t chunk; /* holds the rest, or CHUNK_NONE */
    uint32_t chunk_len;
};

struct outbox {
    struct outbox_packet packets[OUTBOX_PACKETS];
    uint32_t begin, sent, end; /* [begin, sent) have left, but their chunks may still be read */
};

void outbox_init(struct outbox *o);

/* Room for one more; NULL when full. It is queued by outbox_commit. */
struct outbox_packet *outbox_room(struct outbox *o, struct chunks *pool);
void outbox_commit(struct outbox *o);

/* Gives back the chunks of what has left. */
void outbox_forget_sent(struct outbox *o, struct chunks *pool);

bool outbox_output(struct outbox *o, const struct chunks *pool, struct stack_frame *frame);
