/* SPDX-License-Identifier: BSD-2-Clause */
/* Joints of connections that a far stack makes, with their users' ends of the socket pairs. */
#include "programs/tcp/joints.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/tcp/joints_stage.h"

enum { PORT = 22, EVENTS = 16, LINGER_MS = 60 * 1000 };

struct stage {
    struct stack *near, *far;
    struct instant now;
    struct joints joints;
    struct flow *peer; /* of the newest joint */
};

static int set_up(void **state)
{
    static struct stage stage;
    struct stage *s = &stage;
    *s = (struct stage){ .now = { 0 } };
    joints_stage_open(&s->near, &s->far, &s->joints, false);
    assert_int_equal(flow_listen(s->near, PORT, false), OK);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *s = *state;
    joints_stage_close(s->near, s->far, &s->joints, s->now);
    return 0;
}

/* The newcomer's flow, if one comes. */
static struct flow *run(struct stage *s)
{
    struct flow *newcomer = NULL;
    struct flow_event event;
    while (two_stacks_carry(s->far, s->near, s->now) || two_stacks_carry(s->near, s->far, s->now))
        while (stack_next(s->far, &event) || stack_next(s->near, &event))
            if (event.kind == FLOW_OPENED && event.is_new)
                newcomer = event.flow;
    return newcomer;
}

static struct joint *come(struct stage *s)
{
    const struct ip_endpoint to = two_stacks_endpoint(TWO_STACKS_NEAR, PORT);
    assert_int_equal(flow_connect(s->far, &to, 0, s->now, &s->peer), OK);
    struct joint *joint = joints_add(&s->joints, run(s));
    assert_true(joints_open(&s->joints, joint, s->now));
    return joint;
}

/* As the service asks it. */
static int hear(struct stage *s)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(s->joints.epoll_fd, events, EVENTS, 0);
    for (int i = 0; i < count; i++)
        joints_hear(&s->joints, (struct joint *)(uintptr_t)events[i].data.u64, events[i].events);
    return count;
}

static void test_data_of_each_user_goes_to_its_connection(void **state)
{
    struct stage *s = *state;
    const struct joint *first = come(s);
    const struct flow *first_peer = s->peer;
    const struct joint *second = come(s);
    (void)hear(s);
    assert_false(joints_serve(&s->joints, s->now));
    assert_null(s->joints.active);
    assert_int_equal(send(second->other_fd, "two", 3, MSG_NOSIGNAL), 3);
    assert_int_equal(hear(s), 1);
    assert_ptr_equal(s->joints.active, second);
    assert_false(joints_serve(&s->joints, s->now));
    (void)run(s);
    assert_true(bytes_equal(flow_received(s->peer), BYTES_LITERAL("two")));
    assert_int_equal(flow_received(first_peer).len, 0);
    assert_int_equal(send(first->other_fd, "one", 3, MSG_NOSIGNAL), 3);
    assert_int_equal(hear(s), 1);
    assert_false(joints_serve(&s->joints, s->now));
    (void)run(s);
    assert_true(bytes_equal(flow_received(first_peer), BYTES_LITERAL("one")));
}

static void test_keep_alive_is_as_the_owner_has_it(void **state)
{
    struct stage *s = *state;
    assert_int_equal(flow_options(come(s)->flow).keep_alive_ms, 0);
    s->joints.keeps_alive = true;
    assert_int_equal(flow_options(come(s)->flow).keep_alive_ms, 2 * 60 * 60 * 1000);
}

static void test_who_is_active_twice_is_served_once(void **state)
{
    struct stage *s = *state;
    struct joint *first = come(s), *second = come(s);
    joints_activate(&s->joints, first);
    joints_activate(&s->joints, second);
    joints_activate(&s->joints, first);
    assert_ptr_equal(s->joints.active, second);
    assert_ptr_equal(second->next_active, first);
    assert_null(first->next_active);
}

static void test_who_is_done_is_gone(void **state)
{
    struct stage *s = *state;
    struct joint *first = come(s);
    (void)come(s);
    assert_int_equal(s->joints.count, 2);
    joints_abort(&s->joints, first, s->now);
    assert_false(joints_serve(&s->joints, s->now));
    assert_int_equal(s->joints.count, 1);
    assert_int_equal(stack_counts(s->near)->flows_now, 1);
}

/* There may be more handshakes that are pending than descriptors for them. */
static void test_who_is_one_too_many_gets_no_descriptors(void **state)
{
    struct stage *s = *state;
    struct joint *first = come(s), *second = come(s);
    s->joints.max = 2;
    const struct ip_endpoint to = two_stacks_endpoint(TWO_STACKS_NEAR, PORT);
    assert_int_equal(flow_connect(s->far, &to, 0, s->now, &s->peer), OK);
    struct joint *third = joints_add(&s->joints, run(s));
    assert_false(joints_open(&s->joints, third, s->now));
    assert_int_equal(errno, EMFILE);
    assert_int_equal(third->fd, -1);
    joints_abort(&s->joints, third, s->now);
    (void)joints_serve(&s->joints, s->now);
    assert_int_equal(s->joints.count, 2);
    assert_true(first->fd >= 0 && second->fd >= 0);
}

static void user_leaves(struct stage *s, struct joint *joint)
{
    (void)close(joint->other_fd);
    joint->other_fd = -1;
    assert_int_equal(hear(s), 1);
    assert_false(joints_serve(&s->joints, s->now));
}

static void test_a_peer_who_never_ends_is_not_waited_for(void **state)
{
    struct stage *s = *state;
    struct joint *joint = come(s);
    assert_int_equal(send(joint->other_fd, "words", 5, MSG_NOSIGNAL), 5);
    user_leaves(s, joint);
    assert_int_equal(s->joints.count, 0);
    (void)run(s);
    assert_true(bytes_equal(flow_received(s->peer), BYTES_LITERAL("words")));
    assert_int_equal(stack_counts(s->near)->flows_now, 1);
    s->now = instant_after(s->now, LINGER_MS);
    stack_expire(s->near, s->now);
    assert_int_equal(stack_counts(s->near)->flows_now, 0);
}

static void test_a_user_who_only_shuts_his_direction_stays(void **state)
{
    struct stage *s = *state;
    const struct joint *joint = come(s);
    assert_int_equal(shutdown(joint->other_fd, SHUT_WR), 0);
    assert_int_equal(hear(s), 1);
    assert_false(joints_serve(&s->joints, s->now));
    (void)run(s);
    assert_false(joints_serve(&s->joints, s->now));
    assert_int_equal(s->joints.count, 1);
}

/* Seconds, up to 400, for which the joint is there whose peer answers probes and reads nothing. */
static int seconds_with_a_shut_window(struct stage *s, struct joint *joint)
{
    enum { SECOND_MS = 1000 };
    struct flow_event event;
    int seconds = 0;
    for (; seconds < 400 && s->joints.count > 0; seconds++) {
        s->now = instant_after(s->now, SECOND_MS);
        stack_expire(s->near, s->now);
        stack_expire(s->far, s->now);
        do
            while (stack_next(s->far, &event) || stack_next(s->near, &event))
                if (event.owner == joint && event.kind >= FLOW_CLOSED)
                    joint->is_over = true;
        while (two_stacks_carry(s->far, s->near, s->now) ||
               two_stacks_carry(s->near, s->far, s->now));
        if (joint->is_over)
            joints_activate(&s->joints, joint);
        (void)joints_serve(&s->joints, s->now);
    }
    return seconds;
}

static void test_what_a_user_left_behind_does_not_wait_for_ever(void **state)
{
    struct stage *s = *state;
    static const uint8_t words[65536];
    struct joint *joint = come(s);
    do {
        (void)hear(s);
        (void)joints_serve(&s->joints, s->now);
        (void)run(s);
    } while (send(joint->other_fd, words, sizeof(words), MSG_DONTWAIT | MSG_NOSIGNAL) > 0 ||
             hear(s) > 0);
    assert_int_equal(seconds_with_a_shut_window(s, joint), 400);
    user_leaves(s, joint);
    assert_int_equal(s->joints.count, 1);
    assert_in_range(seconds_with_a_shut_window(s, joint), 60, 200);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(data_of_each_user_goes_to_its_connection),
        TEST(keep_alive_is_as_the_owner_has_it),
        TEST(who_is_active_twice_is_served_once),
        TEST(who_is_done_is_gone),
        TEST(who_is_one_too_many_gets_no_descriptors),
        TEST(a_peer_who_never_ends_is_not_waited_for),
        TEST(a_user_who_only_shuts_his_direction_stays),
        TEST(what_a_user_left_behind_does_not_wait_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
