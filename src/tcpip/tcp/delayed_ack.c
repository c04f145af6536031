/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/delayed_ack.h"

void delayed_ack_init(struct delayed_ack *d)
{
    *d = (struct delayed_ack){ .deadline = INSTANT_NEVER, .quick = DELAYED_ACK_QUICK };
}

void delayed_ack_received(struct delayed_ack *d, uint32_t len, uint16_t mss, struct instant now)
{
    if (len == 0)
        return;
    d->owed = d->owed + len < len ? UINT32_MAX : d->owed + len;
    if (d->quick > 0) {
        d->quick--;
        d->is_due = true;
    }
    /* SHLD-19, and anything more than a full segment counts as two: otherwise the last of many waits, and the sender
     * probes for its loss. */
    if (d->owed > mss)
        d->is_due = true;
    if (d->deadline.us == INSTANT_NEVER.us)
        d->deadline = instant_after(now, DELAYED_ACK_MS);
}

void delayed_ack_demand(struct delayed_ack *d)
{
    d->is_due = true;
}

void delayed_ack_hurry(struct delayed_ack *d)
{
    d->quick = DELAYED_ACK_QUICK;
}

void delayed_ack_sent(struct delayed_ack *d)
{
    d->deadline = INSTANT_NEVER;
    d->owed = 0;
    d->is_due = false;
}

bool delayed_ack_is_due(const struct delayed_ack *d, struct instant now)
{
    return d->is_due || instant_reached(now, d->deadline);
}

struct instant delayed_ack_deadline(const struct delayed_ack *d)
{
    return d->deadline;
}
