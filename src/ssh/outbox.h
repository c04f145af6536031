/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a machine of this layer sends messages for the peer: whole payloads, in order. The transport seals them at
 * once, or holds them back during a key exchange. */
#pragma once

#include "base/bytes.h"

struct outbox {
    void (*send)(void *context, struct bytes payload);
    void *context;
};

static inline void outbox_send(const struct outbox *outbox, struct bytes payload)
{
    outbox->send(outbox->context, payload);
}
