/* SPDX-License-Identifier: BSD-2-Clause */
/* Two stacks: at the one a joint with its user's end of the socket pair, at the other the peer's flow. */
#include "programs/tcp/joint.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/tcp/two_stacks.h"

enum { PORT = 22, MUCH = 4 * 1024 * 1024, STEP_MS = 50, TURNS = 2000 };

struct world {
    struct stack *near, *far;
    struct instant now;
    struct joint joint;
    struct flow *peer;
    bool peer_sees_end, peer_sees_reset, peer_is_released;
    size_t peer_got, peer_sends; /* octets: each is the low octet of its place */
};

static uint8_t octet_at(size_t place)
{
    return (uint8_t)(place * 31 >> 3);
}

static bool carry(struct world *w, struct stack *from, struct stack *to)
{
    return two_stacks_carry(from, to, w->now);
}

static void run_joint(struct world *w)
{
    struct flow_event event;
    while (stack_next(w->near, &event)) {
        if (event.kind == FLOW_OPENED) {
            w->joint.flow = event.flow;
            flow_set_owner(event.flow, &w->joint);
            assert_int_equal(joint_open(&w->joint), OK);
        }
        w->joint.peer_closes |= event.kind == FLOW_PEER_CLOSED;
        w->joint.is_over |= event.kind >= FLOW_CLOSED;
        joint_deliver(&w->joint, w->now);
    }
    /* As if epoll had been asked. */
    w->joint.can_read = w->joint.can_write = true;
    joint_deliver(&w->joint, w->now);
    while (joint_collect(&w->joint, w->now))
        ;
}

static void run_peer(struct world *w)
{
    struct flow_event event;
    struct bytes data;
    struct span room;
    while (stack_next(w->far, &event)) {
        w->peer_sees_end |= event.kind == FLOW_PEER_CLOSED;
        w->peer_sees_reset |= event.kind == FLOW_RESET;
    }
    if (w->peer_is_released)
        return;
    while ((data = flow_received(w->peer)).len > 0) {
        for (size_t i = 0; i < data.len; i++)
            assert_int_equal(data.data[i], octet_at(w->peer_got + i));
        w->peer_got += data.len;
        flow_consume(w->peer, data.len, w->now);
    }
    static size_t sent;
    sent = w->peer_sends == 0 ? 0 : sent;
    while (sent < w->peer_sends && (room = flow_room(w->peer)).len > 0) {
        size_t count = w->peer_sends - sent < room.len ? w->peer_sends - sent : room.len;
        for (size_t i = 0; i < count; i++)
            room.data[i] = octet_at(sent + i);
        flow_commit(w->peer, count, w->now);
        sent += count;
    }
}

/* Until nothing moves any more. */
static void run(struct world *w)
{
    for (int i = 0; i < TURNS; i++) {
        bool has_moved = false;
        run_joint(w);
        run_peer(w);
        while (carry(w, w->near, w->far)) {
            has_moved = true;
            run_peer(w);
        }
        while (carry(w, w->far, w->near)) {
            has_moved = true;
            run_joint(w);
        }
        if (!has_moved && i > 0)
            return;
        w->now = instant_after(w->now, STEP_MS);
        stack_expire(w->near, w->now);
        stack_expire(w->far, w->now);
    }
}

static int set_up(void **state)
{
    static struct world world;
    struct world *w = &world;
    *w = (struct world){ .joint = { .fd = -1, .other_fd = -1 } };
    w->near = two_stacks_new(TWO_STACKS_NEAR, 1);
    w->far = two_stacks_new(TWO_STACKS_FAR, 2);
    const struct ip_endpoint to = two_stacks_endpoint(TWO_STACKS_NEAR, PORT);
    assert_int_equal(flow_listen(w->near, PORT, false), OK);
    assert_int_equal(flow_connect(w->far, &to, 0, w->now, &w->peer), OK);
    run(w);
    assert_true(w->joint.other_fd >= 0);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    joint_close(&w->joint, w->now);
    stack_free(w->near);
    stack_free(w->far);
    return 0;
}

static size_t read_user(struct world *w, size_t already)
{
    uint8_t octets[65536];
    ssize_t got;
    size_t total = already;
    while ((got = recv(w->joint.other_fd, octets, sizeof(octets), MSG_DONTWAIT)) > 0) {
        for (ssize_t i = 0; i < got; i++)
            assert_int_equal(octets[i], octet_at(total + (size_t)i));
        total += (size_t)got;
    }
    return total;
}

static bool user_reads_end(const struct world *w)
{
    char octet;
    return recv(w->joint.other_fd, &octet, 1, MSG_DONTWAIT) == 0;
}

static bool user_is_hung_up(const struct world *w)
{
    struct pollfd polled = { .fd = w->joint.other_fd };
    return poll(&polled, 1, 0) == 1 && polled.revents & POLLHUP;
}

/* Of this direction. */
static bool user_sees_end(const struct world *w)
{
    return user_reads_end(w) && !user_is_hung_up(w);
}

/* The service is done with the joint, and the user has his end. */
static void leave_joint(struct world *w)
{
    int user = w->joint.other_fd;
    assert_true(joint_is_done(&w->joint));
    w->joint.other_fd = -1;
    joint_close(&w->joint, w->now);
    w->joint.other_fd = user;
}

static size_t write_user(const struct world *w, size_t from, size_t count)
{
    uint8_t octets[4096];
    if (count > sizeof(octets))
        count = sizeof(octets);
    for (size_t i = 0; i < count; i++)
        octets[i] = octet_at(from + i);
    ssize_t sent = send(w->joint.other_fd, octets, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent > 0 ? (size_t)sent : 0;
}

static void test_much_that_the_peer_sends_waits_for_the_user(void **state)
{
    struct world *w = *state;
    w->peer_sends = MUCH;
    run(w);
    struct flow_status status = flow_status(w->peer);
    assert_true(status.unsent > 0 || status.in_flight > 0 || flow_room(w->peer).len == 0);
    size_t got = 0;
    for (int i = 0; i < TURNS && got < MUCH; i++) {
        got = read_user(w, got);
        w->now = instant_after(w->now, 1000); /* a probe of the shut window may be due */
        stack_expire(w->far, w->now);
        stack_expire(w->near, w->now);
        run(w);
    }
    assert_int_equal(got, MUCH);
}

static void test_much_that_the_user_writes_arrives(void **state)
{
    struct world *w = *state;
    size_t written = 0;
    for (int i = 0; i < MUCH && written < MUCH; i++) {
        size_t count = write_user(w, written, MUCH - written);
        written += count;
        if (count == 0)
            run(w);
    }
    run(w);
    assert_int_equal(written, MUCH);
    assert_int_equal(w->peer_got, MUCH);
}

static void test_the_users_end_is_the_peers_and_the_other_way_stays_open(void **state)
{
    struct world *w = *state;
    assert_int_equal(write_user(w, 0, 100), 100);
    assert_int_equal(shutdown(w->joint.other_fd, SHUT_WR), 0);
    run(w);
    assert_true(w->peer_sees_end);
    assert_int_equal(w->peer_got, 100);
    w->peer_sends = 1000;
    run(w);
    assert_int_equal(read_user(w, 0), 1000);
    assert_false(joint_is_done(&w->joint));
    flow_close(w->peer, w->now);
    run(w);
    assert_true(user_reads_end(w));
    assert_true(joint_is_done(&w->joint));
}

static void test_the_peers_end_is_the_users_and_the_other_way_stays_open(void **state)
{
    struct world *w = *state;
    w->peer_sends = 1000;
    run(w);
    flow_close(w->peer, w->now);
    run(w);
    assert_int_equal(read_user(w, 0), 1000);
    assert_true(user_sees_end(w));
    assert_false(joint_is_done(&w->joint));
    assert_int_equal(write_user(w, 0, 100), 100);
    run(w);
    assert_int_equal(w->peer_got, 100);
}

static void user_closes(struct world *w)
{
    assert_int_equal(close(w->joint.other_fd), 0);
    w->joint.other_fd = -1;
}

static void test_a_user_who_has_read_all_leaves_in_order(void **state)
{
    struct world *w = *state;
    w->peer_sends = 10;
    run(w);
    assert_int_equal(read_user(w, 0), 10);
    assert_int_equal(write_user(w, 0, 100), 100);
    user_closes(w);
    run(w);
    assert_int_equal(w->peer_got, 100);
    assert_true(w->peer_sees_end);
    flow_close(w->peer, w->now);
    run(w);
    assert_true(joint_is_done(&w->joint));
    joint_close(&w->joint, w->now);
    run(w);
    assert_false(w->peer_sees_reset);
}

static void test_who_leaves_something_unread_resets_behind_his_last_words(void **state)
{
    struct world *w = *state;
    w->peer_sends = 10; /* which nobody reads */
    run(w);
    assert_int_equal(write_user(w, 0, 100), 100);
    user_closes(w);
    run_joint(w);
    assert_true(joint_is_done(&w->joint));
    joint_close(&w->joint, w->now);
    run(w);
    assert_int_equal(w->peer_got, 100);
    assert_true(w->peer_sees_reset);
    assert_false(w->peer_sees_end);
    assert_int_equal(stack_counts(w->near)->flows_now, 0);
}

static void test_what_comes_for_a_user_who_has_left_is_reset(void **state)
{
    struct world *w = *state;
    user_closes(w);
    run(w);
    assert_true(w->peer_sees_end);
    assert_false(w->peer_sees_reset || joint_is_done(&w->joint));
    w->peer_sends = 10;
    run(w);
    assert_true(joint_is_done(&w->joint));
    joint_close(&w->joint, w->now);
    run(w);
    assert_true(w->peer_sees_reset);
}

static void test_a_reset_hangs_up_behind_what_came(void **state)
{
    struct world *w = *state;
    w->peer_sends = 10;
    run(w);
    flow_abort(w->peer, w->now);
    w->peer_is_released = true;
    run(w);
    leave_joint(w);
    assert_int_equal(read_user(w, 0), 10);
    assert_true(user_reads_end(w));
    assert_true(user_is_hung_up(w));
}

static void test_a_reset_behind_an_end_is_not_seen(void **state)
{
    struct world *w = *state;
    flow_close(w->peer, w->now);
    run(w);
    assert_true(user_sees_end(w));
    flow_abort(w->peer, w->now);
    w->peer_is_released = true;
    run(w);
    assert_true(w->joint.is_over);
    assert_true(user_sees_end(w));
    assert_int_equal(write_user(w, 0, 100), 100); /* which is thrown away */
    run(w);
    assert_false(joint_is_done(&w->joint));
    user_closes(w);
    run(w);
    assert_true(joint_is_done(&w->joint));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(much_that_the_peer_sends_waits_for_the_user),
        TEST(much_that_the_user_writes_arrives),
        TEST(the_users_end_is_the_peers_and_the_other_way_stays_open),
        TEST(the_peers_end_is_the_users_and_the_other_way_stays_open),
        TEST(a_user_who_has_read_all_leaves_in_order),
        TEST(who_leaves_something_unread_resets_behind_his_last_words),
        TEST(what_comes_for_a_user_who_has_left_is_reset),
        TEST(a_reset_hangs_up_behind_what_came),
        TEST(a_reset_behind_an_end_is_not_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
