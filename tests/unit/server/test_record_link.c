/* SPDX-License-Identifier: BSD-2-Clause */
/* Each question is asked in a process of its own, as whoever loses its peer meanwhile ends. */
#include "programs/server/worker/record_link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { ANSWERED = 10, GONE_BY_RESET, GONE_IN_ORDER };

struct stage {
    int asker, answerer; /* of records */
    int inner, peer;     /* of the connection */
};

static void set_up(struct stage *s)
{
    int records[2], connection[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, records), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, connection), 0);
    *s = (struct stage){ records[0], records[1], connection[0], connection[1] };
}

static void end_with(void *context, bool is_reset)
{
    (void)context;
    _exit(is_reset ? GONE_BY_RESET : GONE_IN_ORDER);
}

/* With what the process that has asked ends; what it waits for has happened already. */
static int ask(const struct stage *s, bool is_joint)
{
    pid_t id = fork();
    if (id == 0) {
        struct record_link link;
        const struct record question = { .type = RECORD_USER, .texts = { BYTES_LITERAL("user") } };
        record_link_init(&link, s->asker);
        record_link_watch(&link, epoll_create1(0), s->inner, is_joint, end_with, NULL);
        (void)record_link_ask(&link, &question, RECORD_VERDICT, NULL);
        _exit(ANSWERED);
    }
    int status = 0;
    assert_int_equal(waitpid(id, &status, 0), id);
    assert_true(WIFEXITED(status));
    (void)close(s->asker);
    (void)close(s->answerer);
    (void)close(s->inner);
    return WEXITSTATUS(status);
}

static void an_answer_is_worth_more_than_a_peer(void **state)
{
    (void)state;
    struct stage s;
    const struct record answer = { .type = RECORD_VERDICT };
    set_up(&s);
    assert_int_equal(record_socket_send(s.answerer, &answer, NULL), OK);
    assert_int_equal(close(s.peer), 0);
    assert_int_equal(ask(&s, true), ANSWERED);
}

static void the_end_of_a_joint_is_a_reset_when_it_is_closed(void **state)
{
    (void)state;
    struct stage s;
    set_up(&s);
    assert_int_equal(close(s.peer), 0);
    assert_int_equal(ask(&s, true), GONE_BY_RESET);
    set_up(&s);
    assert_int_equal(shutdown(s.peer, SHUT_WR), 0);
    assert_int_equal(ask(&s, true), GONE_IN_ORDER);
    assert_int_equal(close(s.peer), 0);
}

static void of_another_socket_it_is_not(void **state)
{
    (void)state;
    struct stage s;
    set_up(&s);
    assert_int_equal(close(s.peer), 0);
    assert_int_equal(ask(&s, false), GONE_IN_ORDER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_worth_more_than_a_peer),
        cmocka_unit_test(the_end_of_a_joint_is_a_reset_when_it_is_closed),
        cmocka_unit_test(of_another_socket_it_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
