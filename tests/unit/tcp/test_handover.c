/* SPDX-License-Identifier: BSD-2-Clause */
/* Joints of connections that a far stack makes, and a taker that is a socket of the test's. */
#include "programs/tcp/handover.h"

#include "ipc/record.h"
#include "os/seqpacket.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/tcp/joints_stage.h"

enum { PORT = 22, FIRST_PORT = 40000, GUESTS = 5, ROOM = 256, NOBODY = 65534 };

struct stage {
    struct stack *near, *far;
    struct instant now;
    struct joints joints;
    struct handover handover;
    int taker; /* the test's end */
};

static void set_taker(struct stage *s)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends),
                     0);
    if (s->taker >= 0)
        assert_int_equal(close(s->taker), 0);
    s->taker = ends[0];
    handover_set_taker(&s->handover, ends[1]);
}

static int set_up(void **state)
{
    static struct stage stage;
    struct stage *s = &stage;
    *s = (struct stage){ .handover = HANDOVER_NONE, .taker = -1 };
    joints_stage_open(&s->near, &s->far, &s->joints, false);
    assert_int_equal(flow_listen(s->near, PORT, false), OK);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *s = *state;
    handover_leave_taker(&s->handover);
    (void)close(s->taker);
    joints_stage_close(s->near, s->far, &s->joints, s->now);
    return 0;
}

/* From this port of the far stack. */
static struct joint *come(struct stage *s, uint16_t port)
{
    const struct ip_endpoint to = two_stacks_endpoint(TWO_STACKS_NEAR, PORT);
    struct flow *flow = NULL;
    struct joint *joint = NULL;
    struct flow_event event;
    assert_int_equal(flow_connect(s->far, &to, port, s->now, &flow), OK);
    while (two_stacks_carry(s->far, s->near, s->now) || two_stacks_carry(s->near, s->far, s->now))
        while (stack_next(s->far, &event) || stack_next(s->near, &event))
            if (event.kind == FLOW_OPENED && event.is_new)
                joint = joints_add(&s->joints, event.flow);
    assert_non_null(joint);
    assert_true(joints_open(&s->joints, joint, s->now));
    handover_add(&s->handover, joint);
    return joint;
}

/* Takes one: the port it comes from, and its socket; 0: there is none. */
static uint32_t take(const struct stage *s, int *fd)
{
    uint8_t room[ROOM];
    size_t len = 0;
    struct record record;
    struct seqpacket_descriptors passed = { .count = 0 };
    if (seqpacket_receive(s->taker, (struct span){ room, sizeof(room) }, &len, &passed) != OK)
        return 0;
    const struct ip_endpoint far = two_stacks_endpoint(TWO_STACKS_FAR, 0);
    const struct ip_endpoint near = two_stacks_endpoint(TWO_STACKS_NEAR, 0);
    assert_int_equal(record_decode(bytes_of(room, len), &record), OK);
    assert_int_equal(record.type, RECORD_TCP_ARRIVED);
    assert_int_equal(record.numbers[1], PORT);
    assert_true(bytes_equal(record.texts[0], ip_address_bytes(&far.address)));
    assert_true(bytes_equal(record.texts[1], ip_address_bytes(&near.address)));
    assert_int_equal(passed.count, 1);
    *fd = passed.fds[0];
    return record.numbers[0];
}

static void test_who_comes_first_is_handed_over_first(void **state)
{
    struct stage *s = *state;
    set_taker(s);
    for (uint16_t i = 0; i < GUESTS; i++)
        (void)come(s, FIRST_PORT + i);
    handover_run(&s->handover, &s->joints);
    for (uint16_t i = 0; i < GUESTS; i++) {
        int fd = -1;
        assert_int_equal(take(s, &fd), FIRST_PORT + i);
        assert_int_equal(send(fd, "hi", 2, MSG_NOSIGNAL), 2);
        assert_int_equal(close(fd), 0);
    }
    assert_null(s->handover.first);
    assert_non_null(s->joints.active); /* there may be data already */
}

static void test_without_a_taker_they_wait_for_the_next_one(void **state)
{
    struct stage *s = *state;
    const struct joint *first = come(s, FIRST_PORT);
    handover_run(&s->handover, &s->joints);
    assert_true(first->is_waiting);
    set_taker(s);
    assert_int_equal(close(s->taker), 0); /* it goes before it was told anything */
    s->taker = -1;
    handover_run(&s->handover, &s->joints);
    assert_true(first->is_waiting);
    assert_int_equal(s->handover.taker, -1);
    (void)come(s, FIRST_PORT + 1);
    set_taker(s);
    handover_run(&s->handover, &s->joints);
    int fds[2] = { -1, -1 };
    assert_int_equal(take(s, &fds[0]), FIRST_PORT);
    assert_int_equal(take(s, &fds[1]), FIRST_PORT + 1);
    assert_int_equal(close(fds[0]) + close(fds[1]), 0);
    assert_false(first->is_waiting);
}

static void test_a_taker_with_too_much_to_read_gets_the_rest_later(void **state)
{
    struct stage *s = *state;
    int fd = -1, filled = 0;
    set_taker(s);
    while (send(s->handover.taker, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1)
        filled++;
    const struct joint *joint = come(s, FIRST_PORT);
    handover_run(&s->handover, &s->joints);
    assert_true(joint->is_waiting);
    assert_true(s->handover.taker >= 0);
    char octet;
    for (; filled > 0; filled--)
        assert_int_equal(recv(s->taker, &octet, 1, 0), 1);
    handover_run(&s->handover, &s->joints);
    assert_int_equal(take(s, &fd), FIRST_PORT);
    assert_int_equal(close(fd), 0);
}

static void test_too_many_descriptors_on_their_way_wait_likewise(void **state)
{
    struct stage *s = *state;
    struct rlimit limit;
    int fds[2] = { -1, -1 };
    set_taker(s);
    (void)come(s, FIRST_PORT);
    const struct joint *second = come(s, FIRST_PORT + 1);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const struct rlimit none = { 0, limit.rlim_max };
    uid_t self = getuid();
    if (self == 0)
        assert_int_equal(setresuid(NOBODY, NOBODY, 0), 0); /* root may send any number */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    handover_run(&s->handover, &s->joints);
    assert_true(second->is_waiting);
    assert_true(s->handover.taker >= 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (uint16_t i = 0; i < 2; i++) {
        handover_run(&s->handover, &s->joints);
        assert_int_equal(take(s, &fds[i]), FIRST_PORT + i);
    }
    assert_int_equal(setresuid(self, self, self), 0);
    assert_false(second->is_waiting);
    assert_int_equal(close(fds[0]) + close(fds[1]), 0);
}

static void test_who_has_gone_meanwhile_is_not_handed_over(void **state)
{
    struct stage *s = *state;
    int fd = -1;
    joints_abort(&s->joints, come(s, FIRST_PORT), s->now);
    assert_false(joints_serve(&s->joints, s->now));
    assert_int_equal(s->joints.count, 1); /* it is in the queue still */
    (void)come(s, FIRST_PORT + 1);
    set_taker(s);
    handover_run(&s->handover, &s->joints);
    assert_int_equal(take(s, &fd), FIRST_PORT + 1);
    assert_int_equal(close(fd), 0);
    (void)joints_serve(&s->joints, s->now);
    assert_int_equal(s->joints.count, 1);
}

static void test_when_no_taker_will_come_nobody_waits(void **state)
{
    struct stage *s = *state;
    (void)come(s, FIRST_PORT);
    joints_abort(&s->joints, come(s, FIRST_PORT + 1), s->now);
    handover_give_up(&s->handover, &s->joints, s->now);
    assert_null(s->handover.first);
    (void)joints_serve(&s->joints, s->now);
    assert_int_equal(s->joints.count, 0);
    assert_int_equal(stack_counts(s->near)->flows_now, 0);
    assert_true(two_stacks_carry(s->near, s->far, s->now)); /* the reset */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(who_comes_first_is_handed_over_first),
        TEST(without_a_taker_they_wait_for_the_next_one),
        TEST(a_taker_with_too_much_to_read_gets_the_rest_later),
        TEST(too_many_descriptors_on_their_way_wait_likewise),
        TEST(who_has_gone_meanwhile_is_not_handed_over),
        TEST(when_no_taker_will_come_nobody_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
