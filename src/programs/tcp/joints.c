/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/tcp/joints.h"

#include "base/check.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

enum { KEEP_ALIVE_MS = 2 * 60 * 60 * 1000 }; /* MUST-28: the default is no less than two hours */

void joints_init(struct joints *joints, size_t max, int epoll_fd, bool keeps_alive)
{
    *joints = (struct joints){ .max = max, .epoll_fd = epoll_fd, .keeps_alive = keeps_alive };
    joints->all.before = joints->all.after = &joints->all;
}

struct joint *joints_add(struct joints *joints, struct flow *flow)
{
    struct joint *j = calloc(1, sizeof(*j));
    CHECK(j);
    *j = (struct joint){ .flow = flow, .fd = -1, .other_fd = -1 };
    j->before = joints->all.before;
    j->after = &joints->all;
    joints->all.before->after = j;
    joints->all.before = j;
    joints->count++;
    flow_set_owner(flow, j);
    return j;
}

bool joints_open(struct joints *joints, struct joint *joint, struct instant now)
{
    if (joints->count > joints->max) {
        errno = EMFILE;
        return false;
    }
    struct flow_options options = flow_options(joint->flow);
    options.no_delay = true;
    if (joints->keeps_alive)
        options.keep_alive_ms = KEEP_ALIVE_MS;
    flow_set_options(joint->flow, &options, now);
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                 .data.u64 = (uintptr_t)joint };
    return joint_open(joint) == OK &&
           epoll_ctl(joints->epoll_fd, EPOLL_CTL_ADD, joint->fd, &event) == 0;
}

void joints_activate(struct joints *joints, struct joint *joint)
{
    if (joint->is_active)
        return;
    joint->is_active = true;
    joint->next_active = joints->active;
    joints->active = joint;
}

void joints_hear(struct joints *joints, struct joint *joint, uint32_t events)
{
    joint->can_read |= (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    joint->can_write |= (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
    joint->has_user_left |= (events & EPOLLHUP) != 0; /* or both directions have ended, which is as
                                                       * good */
    joints_activate(joints, joint);
}

void joints_abort(struct joints *joints, struct joint *joint, struct instant now)
{
    if (joint->flow)
        flow_abort(joint->flow, now);
    joint->flow = NULL;
    joints_activate(joints, joint);
}

static void free_joint(struct joints *joints, struct joint *j, struct instant now)
{
    joint_close(j, now);
    j->before->after = j->after;
    j->after->before = j->before;
    joints->count--;
    free(j);
}

bool joints_serve(struct joints *joints, struct instant now)
{
    struct joint *now_active = joints->active;
    bool has_more = false;
    joints->active = NULL;
    for (struct joint *j = now_active, *next; j; j = next) {
        next = j->next_active;
        j->is_active = false;
        joint_deliver(j, now);
        bool is_unfinished = joint_collect(j, now);
        has_more |= is_unfinished;
        if (joint_is_done(j) && !j->is_waiting)
            free_joint(joints, j, now);
        else if (is_unfinished)
            joints_activate(joints, j);
    }
    return has_more;
}
