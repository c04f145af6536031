/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/tcp/handover.h"

#include "os/descriptor.h"
#include "programs/tcp/tcp_tell.h"

#include <errno.h>

void handover_leave_taker(struct handover *handover)
{
    descriptor_close(&handover->taker);
}

void handover_set_taker(struct handover *handover, int taker)
{
    handover_leave_taker(handover);
    handover->taker = taker;
}

void handover_add(struct handover *handover, struct joint *joint)
{
    joint->is_waiting = true;
    if (handover->first)
        handover->last->next_waiting = joint;
    else
        handover->first = joint;
    handover->last = joint;
}

static enum err tell_arrived(const struct handover *handover, const struct joint *joint)
{
    const struct flow_status status = flow_status(joint->flow);
    const struct record arrived = { RECORD_TCP_ARRIVED,
                                    { status.remote.port, status.local.port },
                                    { ip_address_bytes(&status.remote.address),
                                      ip_address_bytes(&status.local.address) } };
    return tcp_tell(handover->taker, &arrived, joint->other_fd);
}

static struct joint *take_first(struct handover *handover)
{
    struct joint *j = handover->first;
    handover->first = j->next_waiting;
    j->is_waiting = false;
    return j;
}

void handover_run(struct handover *handover, struct joints *joints)
{
    while (handover->first && handover->taker >= 0) {
        struct joint *j = handover->first;
        enum err err = j->flow ? tell_arrived(handover, j) : OK;
        /* ETOOMANYREFS: too many descriptors in flight; there are fewer once the taker receives them. */
        if (err == ERR_SYSTEM && (errno == EAGAIN || errno == ETOOMANYREFS))
            return;
        if (err != OK) {
            handover_leave_taker(handover);
            return;
        }
        descriptor_close(&j->other_fd);
        joints_activate(joints, take_first(handover));
    }
}

void handover_give_up(struct handover *handover, struct joints *joints, struct instant now)
{
    while (handover->first)
        joints_abort(joints, take_first(handover), now);
}
