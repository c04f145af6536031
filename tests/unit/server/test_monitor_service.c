/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor's process and a worker that breaks the rules. What the worker sends stands in the socket
 * before the service looks. */
#include "programs/server/monitor/monitor_service.h"

#include "config/server_options.h"
#include "crypto/crypto.h"
#include "os/record_socket.h"
#include "programs/server/common/log.h"
#include "programs/server/monitor/monitor.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static struct server_options options;
static struct account account = {
    .uid = 4711, .name = (char[]){ "ann" }, .home = (char[]){ "/" }, .shell = (char[]){ "/bin/sh" }
};

struct stage {
    int ends[2];  /* the worker's, the monitor's */
    pid_t worker; /* a process that does nothing, to be killed */
    int status;   /* what the service gave */
    struct monitor *monitor;
    unsigned accepted_count;
    int64_t grace_ms; /* how long the worker is there; 0: until its records are read */
};

static struct monitor_session count_accepted(void *context)
{
    struct stage *s = context;
    s->accepted_count++;
    return (struct monitor_session){ -1, -1, -1 };
}

static void send_record(const struct stage *s, const struct record *record)
{
    assert_int_equal(record_socket_send(s->ends[0], record, NULL), OK);
}

static void set_stage_without_hello(struct stage *s)
{
    const struct monitor_setup setup = {
        .options = &options,
        .keyd_fd = -1,
        .cradle_fd = -1,
        .account = &account,
        .peer = { "192.0.2.7", 1024 },
    };
    *s = (struct stage){ .monitor = monitor_new(&setup), .worker = fork() };
    if (s->worker == 0) {
        (void)pause();
        _exit(0);
    }
    assert_int_equal(seqpacket_pair(s->ends), OK);
}

static void set_stage(struct stage *s)
{
    set_stage_without_hello(s);
    send_record(s, &(struct record){ RECORD_HELLO, { (uint32_t)s->worker }, { BYTES_NONE } });
}

/* Runs the service over what was sent; whether it let the worker live. */
static bool run(struct stage *s)
{
    const struct monitor_service service = { .monitor = s->monitor,
                                             .worker_fd = s->ends[1],
                                             .grace_ms = s->grace_ms,
                                             .accepted = count_accepted,
                                             .context = s };
    assert_true(s->ends[0] < 0 || s->grace_ms > 0 || shutdown(s->ends[0], SHUT_WR) == 0);
    s->status = monitor_service_run(&service);
    int end = 0;
    (void)kill(s->worker, SIGTERM);
    assert_int_equal(waitpid(s->worker, &end, 0), s->worker);
    (void)close(s->ends[0]);
    (void)close(s->ends[1]);
    monitor_free(s->monitor);
    return WTERMSIG(end) == SIGTERM;
}

static void a_worker_that_goes_is_no_offence(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s);
    send_record(&s, &(struct record){
                        RECORD_LOG, { EVENTS_DISCONNECT, 11 }, { B("a line\nand another") } });
    send_record(&s, &(struct record){ RECORD_LOGIN, { MONITOR_NONE, 0 }, { B("ann") } });
    assert_true(run(&s));
    assert_int_equal(s.accepted_count, 0);
}

static void what_is_asked_is_answered(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s);
    send_record(&s, &(struct record){ RECORD_SIGN, { 0 }, { B("a question") } });
    send_record(&s, &(struct record){ RECORD_LOGIN, { MONITOR_NONE, 0 }, { B("bob") } });
    int reader = dup(s.ends[0]);
    assert_true(run(&s));

    uint8_t octets[1024];
    size_t len;
    struct record answer;
    const struct span room = { octets, sizeof(octets) };
    assert_int_equal(seqpacket_receive(reader, room, &len, NULL), OK);
    assert_int_equal(record_decode(bytes_of(octets, len), &answer), OK);
    assert_int_equal(answer.type, RECORD_SIGNED);
    assert_int_equal(answer.texts[0].len, 0); /* there is no keyd */
    assert_int_equal(seqpacket_receive(reader, room, &len, NULL), OK);
    assert_int_equal(record_decode(bytes_of(octets, len), &answer), OK);
    assert_int_equal(answer.type, RECORD_VERDICT);
    assert_int_equal(answer.numbers[0], MONITOR_REFUSED);
    (void)close(reader);
}

static void what_holds_for_a_user_is_told_once(void **state)
{
    (void)state;
    struct stage s;
    options.max_auth_tries = 3;
    set_stage(&s);
    send_record(&s, &(struct record){ RECORD_USER, { 0 }, { B("ann") } });
    int reader = dup(s.ends[0]);
    assert_true(run(&s));
    uint8_t octets[1024];
    size_t len;
    struct record answer;
    assert_int_equal(seqpacket_receive(reader, (struct span){ octets, sizeof(octets) }, &len, NULL),
                     OK);
    assert_int_equal(record_decode(bytes_of(octets, len), &answer), OK);
    assert_int_equal(answer.type, RECORD_TERMS);
    assert_int_equal(answer.numbers[0], 3);
    (void)close(reader);

    set_stage(&s);
    for (int i = 0; i < 2; i++)
        send_record(&s, &(struct record){ RECORD_USER, { 0 }, { B("ann") } });
    assert_false(run(&s));
}

static void a_record_of_another_process_is_an_offence(void **state)
{
    (void)state;
    for (enum record_type type = 0; type < RECORD_TYPE_COUNT; type++) {
        if (type == RECORD_SIGN || type == RECORD_USER || type == RECORD_LOGIN ||
            type == RECORD_LOG || type == RECORD_BYE)
            continue;
        struct stage s;
        set_stage(&s);
        send_record(&s, &(struct record){ .type = type });
        assert_false(run(&s));
    }
}

static void a_worker_says_first_who_it_is(void **state)
{
    (void)state;
    struct stage s;
    set_stage_without_hello(&s);
    send_record(&s, &(struct record){ RECORD_LOG, { EVENTS_CLOSED }, { BYTES_NONE } });
    assert_true(run(&s)); /* who should be killed? */
    assert_int_equal(s.status, MONITOR_SERVICE_CRASHED);
}

static void how_a_worker_ends_is_what_it_says(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s);
    send_record(&s, &(struct record){ RECORD_BYE, { 7 }, { BYTES_NONE } });
    assert_true(run(&s));
    assert_int_equal(s.status, 7);
    set_stage(&s);
    assert_true(run(&s));
    assert_int_equal(s.status, MONITOR_SERVICE_CRASHED);
}

static void what_a_worker_said_counts_when_it_is_gone(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s);
    send_record(&s, &(struct record){ RECORD_BYE, { 7 }, { BYTES_NONE } });
    (void)close(s.ends[0]);
    s.ends[0] = -1;
    assert_true(run(&s));
    assert_int_equal(s.status, 7);
}

static void a_second_signature_before_the_login_is_an_offence(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s);
    for (int i = 0; i < 2; i++)
        send_record(&s, &(struct record){ RECORD_SIGN, { 0 }, { B("a question") } });
    assert_false(run(&s));
}

static void another_user_than_before_is_an_offence(void **state)
{
    (void)state;
    static const struct bytes others[] = { B("bob"), B("an"), B("annn"), B("") };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct stage s;
        set_stage(&s);
        send_record(&s, &(struct record){ RECORD_LOGIN, { MONITOR_NONE, 0 }, { B("ann") } });
        send_record(&s, &(struct record){ RECORD_LOGIN, { MONITOR_NONE, 0 }, { B("ann") } });
        send_record(&s, &(struct record){ RECORD_LOGIN, { MONITOR_NONE, 0 }, { others[i] } });
        assert_false(run(&s));
    }
}

static void more_attempts_than_may_fail_are_an_offence(void **state)
{
    (void)state;
    static const enum monitor_method methods[] = { MONITOR_NONE, MONITOR_PASSWORD, MONITOR_NONE,
                                                   MONITOR_INTERACTIVE, MONITOR_NONE };
    options.max_auth_tries = 2;
    for (size_t count = 4; count <= 5; count++) {
        struct stage s;
        set_stage(&s);
        for (size_t i = 0; i < count; i++)
            send_record(&s, &(struct record){ RECORD_LOGIN, { methods[i], 0 }, { B("ann") } });
        assert_int_equal(run(&s), count == 4);
    }
}

static void a_worker_that_does_not_end_its_login_is_ended(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s);
    s.grace_ms = 50;
    assert_false(run(&s));
    assert_int_equal(s.status, OUTCOME_GRACE_EXCEEDED);
}

static void answers_to_no_question_are_an_offence(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s);
    send_record(&s, &(struct record){ RECORD_LOGIN, { MONITOR_INTERACTIVE, 0 }, { B("ann") } });
    send_record(&s, &(struct record){ RECORD_ANSWERS, { 1 }, { B("\0\0\0\1x") } });
    assert_false(run(&s));
}

static void values_out_of_range_are_an_offence(void **state)
{
    (void)state;
    static const struct record records[] = {
        { RECORD_LOGIN, { MONITOR_OTHER + 1, 0 }, { B("ann") } },
        { RECORD_LOGIN, { MONITOR_OTHER, 1, 1 }, { B("ann") } },
        { RECORD_LOGIN, { MONITOR_PASSWORD, 0, 2 }, { B("ann") } },
        { RECORD_LOGIN, { MONITOR_PASSWORD, 0, 1 }, { B("ann"), B("guess") } },
        { RECORD_LOGIN, { MONITOR_PUBLICKEY, 0, 1 }, { B("ann"), B(""), B("ssh-ed25519") } },
        { RECORD_LOGIN, { MONITOR_PUBLICKEY, 0, 1 }, { B("ann"), B(""), B(""), B("a key") } },
        { RECORD_LOGIN, { MONITOR_PUBLICKEY, 2 }, { B("ann") } },
        { RECORD_LOGIN, { MONITOR_PUBLICKEY, 1 }, { B("ann"), B("guess") } },
        { RECORD_LOGIN, { MONITOR_NONE, 0 }, { B("ann"), B("guess") } },
        { RECORD_LOGIN, { MONITOR_NONE, 1 }, { B("ann") } },
        { RECORD_LOGIN, { MONITOR_INTERACTIVE, 0 }, { B("ann"), B("guess") } },
        { RECORD_LOGIN, { MONITOR_PASSWORD, 0 }, { B("ann"), B("x"), B("ssh-ed25519") } },
        { RECORD_LOGIN, { MONITOR_PASSWORD, 0 }, { B("ann"), B("x"), B(""), B("a key") } },
        { RECORD_LOGIN, { MONITOR_INTERACTIVE, 0 }, { B("ann"), [4] = B("data") } },
        { RECORD_LOGIN, { MONITOR_NONE, 0 }, { B("ann"), [5] = B("signature") } },
        { RECORD_LOG, { 1000 }, { B("line") } },
        { RECORD_LOG, { EVENTS_LOGIN_ACCEPTED }, { B("password") } },
    };
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        struct stage s;
        set_stage(&s);
        send_record(&s, &records[i]);
        assert_false(run(&s));
    }
}

static void octets_that_are_no_record_are_an_offence(void **state)
{
    (void)state;
    static const uint8_t trailing[] = { RECORD_LOG, 0, 0, 0, 0, 0, 0, 0, 1, 'x', 0 };
    const struct bytes datagrams[] = { B("\377"), B("\0"), B("\2\0\0"),
                                       bytes_of(trailing, sizeof(trailing)) };
    for (size_t i = 0; i < sizeof(datagrams) / sizeof(datagrams[0]); i++) {
        struct stage s;
        set_stage(&s);
        assert_int_equal(seqpacket_send(s.ends[0], datagrams[i], NULL), OK);
        assert_false(run(&s));
    }
}

static int set_up(void **state)
{
    (void)state;
    crypto_start();
    log_open(OPTION_LOG_QUIET, true);
    server_options_init(&options);
    return server_options_finish(&options, "/", "/") == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    server_options_wipe(&options);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_that_goes_is_no_offence),
        cmocka_unit_test(what_is_asked_is_answered),
        cmocka_unit_test(what_holds_for_a_user_is_told_once),
        cmocka_unit_test(a_record_of_another_process_is_an_offence),
        cmocka_unit_test(a_worker_says_first_who_it_is),
        cmocka_unit_test(how_a_worker_ends_is_what_it_says),
        cmocka_unit_test(what_a_worker_said_counts_when_it_is_gone),
        cmocka_unit_test(a_second_signature_before_the_login_is_an_offence),
        cmocka_unit_test(another_user_than_before_is_an_offence),
        cmocka_unit_test(more_attempts_than_may_fail_are_an_offence),
        cmocka_unit_test(a_worker_that_does_not_end_its_login_is_ended),
        cmocka_unit_test(answers_to_no_question_are_an_offence),
        cmocka_unit_test(values_out_of_range_are_an_offence),
        cmocka_unit_test(octets_that_are_no_record_are_an_offence),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
