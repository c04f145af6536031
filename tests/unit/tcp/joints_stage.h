/* SPDX-License-Identifier: BSD-2-Clause */
/* The joints of one of two stacks; behind <cmocka.h>. */
#pragma once

#include "programs/tcp/joints.h"
#include "unit/tcp/two_stacks.h"

#include <sys/epoll.h>
#include <unistd.h>

static inline void joints_stage_open(struct stack **near, struct stack **far, struct joints *joints,
                                     bool keeps_alive)
{
    enum { JOINTS_MAX = 16 };
    *near = two_stacks_new(TWO_STACKS_NEAR, 1);
    *far = two_stacks_new(TWO_STACKS_FAR, 2);
    joints_init(joints, JOINTS_MAX, epoll_create1(EPOLL_CLOEXEC), keeps_alive);
}

/* Whatever is left ends, those that wait to be handed over, too. */
static inline void joints_stage_close(struct stack *near, struct stack *far, struct joints *joints,
                                      struct instant now)
{
    while (joints->all.after != &joints->all) {
        struct joint *j = joints->all.after;
        j->is_waiting = false;
        joints_abort(joints, j, now);
        assert_false(joints_serve(joints, now));
    }
    assert_int_equal(joints->count, 0);
    (void)close(joints->epoll_fd);
    stack_free(near);
    stack_free(far);
}
