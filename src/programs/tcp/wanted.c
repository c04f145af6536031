/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/tcp/wanted.h"

#include "os/descriptor.h"
#include "programs/tcp/tcp_tell.h"

#include <errno.h>
#include <string.h>

/* The kernel's default socket buffer has room for twice as many. */
enum { FACTS_MAX = 64 };

static void forget(struct wanted *wanted)
{
    wanted->joint = NULL;
    wanted->has_opened = false;
}

static void answer_failure(const struct wanted *wanted, int reason)
{
    const struct record failed = { RECORD_TCP_FAILED, { (uint32_t)reason }, { BYTES_NONE } };
    enum err err = tcp_tell(wanted->owner, &failed, -1);
    (void)err; /* the owner's end is noticed where its records are read */
}

static struct ip_endpoint endpoint_of(const struct record *connect)
{
    struct ip_endpoint remote = { .port = (uint16_t)connect->numbers[0] };
    size_t len = connect->texts[0].len;
    if (len == 4 || len == 16) {
        remote.address.version = len == 4 ? 4 : 6;
        memcpy(remote.address.octets, connect->texts[0].data, len);
    }
    return remote;
}

void wanted_give_up(struct wanted *wanted, struct joints *joints, struct instant now)
{
    if (wanted->joint)
        joints_abort(joints, wanted->joint, now);
    forget(wanted);
}

void wanted_connect(struct wanted *wanted, struct joints *joints, struct stack *stack,
                    const struct record *connect, struct instant now)
{
    const struct ip_endpoint remote = endpoint_of(connect);
    struct flow *flow = NULL;
    wanted_give_up(wanted, joints, now);
    wanted->is_begun = true;
    wanted->facts = 0;
    enum err err = flow_connect(stack, &remote, 0, now, &flow);
    wanted->is_begun = false;
    if (err != OK) {
        answer_failure(wanted, err == ERR_BAD_VALUE ? ENETUNREACH : ENOBUFS);
        return;
    }
    wanted->joint = joints_add(joints, flow);
    wanted->joint->is_opening = true;
}

bool wanted_is_being_made(const struct wanted *wanted)
{
    return wanted->joint || wanted->is_begun;
}

void wanted_tell_fact(struct wanted *wanted, const struct record *fact)
{
    if (wanted->facts == FACTS_MAX)
        return;
    wanted->facts++;
    (void)tcp_tell(wanted->owner, fact, -1);
}

void wanted_opened(struct wanted *wanted, const struct joint *joint)
{
    wanted->has_opened |= joint == wanted->joint;
}

static int reason_of(const struct flow_event *event)
{
    switch ((int)event->kind) {
    case FLOW_REFUSED:
        return ECONNREFUSED;
    case FLOW_RESET:
        return ECONNRESET;
    case FLOW_UNREACHABLE:
        return event->icmp == ICMP_NET_UNREACHABLE ? ENETUNREACH : EHOSTUNREACH;
    default:
        return ETIMEDOUT;
    }
}

void wanted_ended(struct wanted *wanted, struct joint *joint, const struct flow_event *event)
{
    if (joint->is_opening)
        answer_failure(wanted, reason_of(event));
    if (wanted->joint == joint)
        forget(wanted);
}

/* The reason is errno. */
static void fail(const struct wanted *wanted, struct joints *joints, struct joint *joint,
                 struct instant now)
{
    answer_failure(wanted, errno);
    joints_abort(joints, joint, now);
}

void wanted_report(struct wanted *wanted, struct joints *joints, struct instant now)
{
    struct joint *j = wanted->joint;
    if (!wanted->has_opened)
        return;
    forget(wanted);
    j->is_opening = false;
    if (!joints_open(joints, j, now)) {
        fail(wanted, joints, j, now);
        return;
    }
    const struct flow_status status = flow_status(j->flow);
    const struct record connected = { RECORD_TCP_CONNECTED,
                                      { status.local.port },
                                      { ip_address_bytes(&status.local.address) } };
    if (tcp_tell(wanted->owner, &connected, j->other_fd) != OK)
        fail(wanted, joints, j, now);
    descriptor_close(&j->other_fd);
}
