/* SPDX-License-Identifier: BSD-2-Clause */
/* The near stack is ours and connects; the far one has a listener. The owner is a socket of the test's. */
#include "programs/tcp/wanted.h"

#include "os/seqpacket.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/tcp/joints_stage.h"

enum { PORT = 22, SILENT_PORT = 23, ROOM = 512, FEW_DESCRIPTORS = 64, NOBODY = 65534 };

struct stage {
    struct stack *near, *far;
    struct instant now;
    struct joints joints;
    struct wanted wanted;
    int owner; /* the test's end */
};

static int set_up(void **state)
{
    static struct stage stage;
    struct stage *s = &stage;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends),
                     0);
    *s = (struct stage){ .owner = ends[0], .wanted = { .owner = ends[1] } };
    joints_stage_open(&s->near, &s->far, &s->joints, true);
    assert_int_equal(flow_listen(s->far, PORT, false), OK);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *s = *state;
    (void)close(s->owner);
    (void)close(s->wanted.owner);
    joints_stage_close(s->near, s->far, &s->joints, s->now);
    return 0;
}

static void connect_to(struct stage *s, struct bytes address, uint16_t port)
{
    const struct record record = { RECORD_TCP_CONNECT, { port }, { address } };
    wanted_connect(&s->wanted, &s->joints, s->near, &record, s->now);
}

static void connect_far(struct stage *s, uint16_t port)
{
    const struct ip_endpoint far = two_stacks_endpoint(TWO_STACKS_FAR, port);
    connect_to(s, ip_address_bytes(&far.address), port);
}

/* What the service does with events of such connections. */
static void run(struct stage *s)
{
    struct flow_event event;
    while (two_stacks_carry(s->near, s->far, s->now) || two_stacks_carry(s->far, s->near, s->now)) {
        while (stack_next(s->far, &event))
            ;
        while (stack_next(s->near, &event)) {
            if (event.kind == FLOW_OPENED)
                wanted_opened(&s->wanted, event.owner);
            if (event.kind >= FLOW_CLOSED)
                wanted_ended(&s->wanted, event.owner, &event);
        }
    }
    wanted_report(&s->wanted, &s->joints, s->now);
}

/* The next answer; RECORD_TCP_READY, which is none: there is no answer. */
static struct record answer(const struct stage *s, int *fd)
{
    static uint8_t room[ROOM];
    size_t len = 0;
    struct record record = { .type = RECORD_TCP_READY };
    struct seqpacket_descriptors passed = { .count = 0 };
    enum err err = seqpacket_receive(s->owner, (struct span){ room, sizeof(room) }, &len, &passed);
    if (err == OK)
        assert_int_equal(record_decode(bytes_of(room, len), &record), OK);
    if (fd)
        *fd = passed.count == 1 ? passed.fds[0] : -1;
    return record;
}

static void assert_failed(const struct stage *s, int reason)
{
    struct record record = answer(s, NULL);
    assert_int_equal(record.type, RECORD_TCP_FAILED);
    assert_int_equal(record.numbers[0], reason);
}

static void assert_silence(const struct stage *s)
{
    assert_int_equal(answer(s, NULL).type, RECORD_TCP_READY);
}

static void test_what_stands_is_handed_over(void **state)
{
    struct stage *s = *state;
    int fd = -1;
    connect_far(s, PORT);
    assert_true(wanted_is_being_made(&s->wanted));
    assert_silence(s);
    run(s);
    struct record record = answer(s, &fd);
    assert_int_equal(record.type, RECORD_TCP_CONNECTED);
    const struct ip_endpoint near = two_stacks_endpoint(TWO_STACKS_NEAR, 0);
    assert_true(bytes_equal(record.texts[0], ip_address_bytes(&near.address)));
    assert_true(record.numbers[0] > 0);
    assert_int_equal(send(fd, "hi", 2, MSG_NOSIGNAL), 2);
    assert_int_equal(close(fd), 0);
    assert_false(wanted_is_being_made(&s->wanted));
    assert_silence(s);
}

static void test_it_is_probed_when_idle_and_sends_at_once(void **state)
{
    struct stage *s = *state;
    connect_far(s, PORT);
    const struct joint *joint = s->wanted.joint;
    run(s);
    struct flow_options options = flow_options(joint->flow);
    assert_true(options.no_delay);
    assert_int_equal(options.keep_alive_ms, 2 * 60 * 60 * 1000);
}

static void test_a_refusal_is_told(void **state)
{
    struct stage *s = *state;
    connect_far(s, SILENT_PORT);
    run(s);
    assert_failed(s, ECONNREFUSED);
    assert_false(wanted_is_being_made(&s->wanted));
    assert_silence(s);
}

static void test_an_address_of_no_network_of_ours_is_unreachable(void **state)
{
    struct stage *s = *state;
    connect_to(s, bytes_of("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16), PORT);
    assert_failed(s, ENETUNREACH);
    connect_to(s, BYTES_LITERAL("no address"), PORT);
    assert_failed(s, ENETUNREACH);
    assert_int_equal(s->joints.count, 0);
}

static void test_what_cannot_be_passed_on_has_failed(void **state)
{
    struct stage *s = *state;
    struct rlimit limit;
    const uid_t self = getuid();
    int ends[2];
    connect_far(s, PORT);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const struct rlimit few = { FEW_DESCRIPTORS, limit.rlim_max };
    const struct seqpacket_descriptors one = { { s->owner }, 1 };
    if (self == 0)
        assert_int_equal(setresuid(NOBODY, NOBODY, 0), 0); /* root may send any number */
    for (int i = 0; i <= FEW_DESCRIPTORS; i++)
        assert_int_equal(seqpacket_send(ends[0], BYTES_LITERAL("on its way"), &one), OK);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    run(s);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(close(ends[0]) + close(ends[1]), 0);
    assert_int_equal(setresuid(self, self, self), 0);
    assert_failed(s, ETOOMANYREFS);
    assert_false(wanted_is_being_made(&s->wanted));
    assert_false(joints_serve(&s->joints, s->now));
    assert_int_equal(s->joints.count, 0);
}

static void test_who_asks_again_hears_only_of_the_last(void **state)
{
    struct stage *s = *state;
    int fd = -1;
    connect_far(s, SILENT_PORT);
    connect_far(s, PORT);
    assert_false(joints_serve(&s->joints, s->now));
    assert_int_equal(s->joints.count, 1);
    run(s);
    assert_int_equal(answer(s, &fd).type, RECORD_TCP_CONNECTED);
    assert_int_equal(close(fd), 0);
    assert_silence(s);
}

static void test_what_is_given_up_is_not_answered(void **state)
{
    struct stage *s = *state;
    connect_far(s, PORT);
    wanted_give_up(&s->wanted, &s->joints, s->now);
    assert_false(wanted_is_being_made(&s->wanted));
    assert_false(joints_serve(&s->joints, s->now));
    run(s);
    assert_int_equal(s->joints.count, 0);
    assert_silence(s);
}

static void test_facts_leave_room_for_the_answer(void **state)
{
    struct stage *s = *state;
    enum { FLOOD = 10000 };
    static const uint8_t text[150];
    const struct bytes words = bytes_of(text, sizeof(text));
    const struct record fact = { RECORD_TCP_FACT, { 0 }, { words, words, words } };
    connect_far(s, SILENT_PORT);
    for (int i = 0; i < FLOOD; i++)
        wanted_tell_fact(&s->wanted, &fact);
    run(s);
    struct record record = { .type = RECORD_TCP_FACT };
    int told = 0;
    for (; record.type == RECORD_TCP_FACT; told++)
        record = answer(s, NULL);
    assert_int_equal(record.type, RECORD_TCP_FAILED);
    assert_true(told > 32);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_stands_is_handed_over),
        TEST(it_is_probed_when_idle_and_sends_at_once),
        TEST(a_refusal_is_told),
        TEST(facts_leave_room_for_the_answer),
        TEST(an_address_of_no_network_of_ours_is_unreachable),
        TEST(what_cannot_be_passed_on_has_failed),
        TEST(who_asks_again_hears_only_of_the_last),
        TEST(what_is_given_up_is_not_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
