/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor's end, and a process of PAM's that keeps the rules, or does not. What it says stands in the
 * socket before it is asked. */
#include "programs/server/monitor/pam_link.h"

#include "os/record_socket.h"
#include "programs/server/common/log.h"
#include "programs/server/pam/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

struct stage {
    struct pam_link link;
    int other; /* PAM's end */
};

static void set_stage(struct stage *s)
{
    int ends[2];
    assert_int_equal(seqpacket_pair(ends), OK);
    pam_link_init(&s->link);
    s->link.fd = ends[0];
    s->other = ends[1];
}

static void clear_stage(struct stage *s)
{
    pam_link_wipe(&s->link);
    (void)close(s->other);
}

static void say(const struct stage *s, const struct record *record)
{
    assert_int_equal(record_socket_send(s->other, record, NULL), OK);
}

static void answer(const struct stage *s, uint32_t number)
{
    say(s,
        &(struct record){ RECORD_PAM_ANSWER, { number }, { B("text\n"), B("why"), B("A=b\0") } });
}

static enum pam_link_result password(struct stage *s)
{
    return pam_link_password(&s->link, B("secret"), true);
}

static void only_a_grant_is_a_grant(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < 10; number++) {
        struct stage s;
        set_stage(&s);
        answer(&s, number);
        enum pam_link_result wanted = number == ANSWER_GRANTED   ? PAM_LINK_GRANTED
                                      : number == ANSWER_EXPIRED ? PAM_LINK_EXPIRED
                                                                 : PAM_LINK_DENIED;
        assert_int_equal(password(&s), wanted);
        assert_string_equal(s.link.why, "why");
        clear_stage(&s);
    }
}

static void what_is_said_adds_up_until_the_next_attempt(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s);
    answer(&s, ANSWER_GRANTED);
    answer(&s, ANSWER_DENIED);
    assert_int_equal(password(&s), PAM_LINK_GRANTED);
    assert_int_equal(pam_link_account(&s.link), PAM_LINK_DENIED);
    assert_string_equal(buf_text(&s.link.text), "text\ntext\n");
    pam_link_begin(&s.link);
    assert_int_equal(buf_len(&s.link.text), 0);
    clear_stage(&s);
}

static void questions_are_handed_on_and_answers_back(void **state)
{
    (void)state;
    struct stage s;
    uint8_t octets[4096];
    size_t len;
    struct record got;
    set_stage(&s);
    say(&s,
        &(struct record){ RECORD_PAM_QUESTIONS, { 2, 1 }, { B("first"), B("\0\0\0\0\0\0\0\0") } });
    assert_int_equal(pam_link_ask(&s.link, true), PAM_LINK_ASKS);
    assert_int_equal(s.link.count, 2);
    assert_int_equal(s.link.echoes, 1);
    assert_true(bytes_is(s.link.instruction, "first"));
    answer(&s, ANSWER_GRANTED);
    assert_int_equal(pam_link_answer(&s.link, B("\0\0\0\1a\0\0\0\1b")), PAM_LINK_GRANTED);

    const struct span room = { octets, sizeof(octets) };
    assert_int_equal(seqpacket_receive(s.other, room, &len, NULL), OK);
    assert_int_equal(seqpacket_receive(s.other, room, &len, NULL), OK);
    assert_int_equal(record_decode(bytes_of(octets, len), &got), OK);
    assert_int_equal(got.type, RECORD_PAM_ANSWERS);
    assert_int_equal(got.numbers[0], 2);
    assert_true(bytes_equal(got.texts[0], B("\0\0\0\1a\0\0\0\1b")));
    clear_stage(&s);
}

static void it_is_told_how_the_user_has_logged_in(void **state)
{
    (void)state;
    struct stage s;
    uint8_t octets[64];
    size_t len;
    struct record got;
    const struct span room = { octets, sizeof(octets) };
    set_stage(&s);
    pam_link_tell(&s.link, B("proofs"));
    assert_int_equal(seqpacket_receive(s.other, room, &len, NULL), OK);
    assert_int_equal(record_decode(bytes_of(octets, len), &got), OK);
    assert_int_equal(got.type, RECORD_PAM_PROOFS);
    assert_true(bytes_is(got.texts[0], "proofs"));
    clear_stage(&s);
}

static void whoever_breaks_a_rule_is_not_asked_again(void **state)
{
    (void)state;
    static const struct record records[] = {
        { .type = RECORD_PAM_QUESTIONS }, /* to a password */
        { .type = RECORD_PAM_SPAWNED },   /* before there is a session */
        { .type = RECORD_PAM_PASSWORD },  /* the wrong way */
        { .type = RECORD_VERDICT },       /* another process's */
    };
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        struct stage s;
        set_stage(&s);
        say(&s, &records[i]);
        answer(&s, ANSWER_GRANTED);
        assert_int_equal(password(&s), PAM_LINK_DENIED);
        assert_int_equal(password(&s), PAM_LINK_DENIED);
        clear_stage(&s);
    }
}

static void a_session_that_was_refused_is_not_asked_for_again(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s);
    answer(&s, ANSWER_DENIED);
    answer(&s, ANSWER_GRANTED);
    answer(&s, ANSWER_GRANTED);
    assert_int_equal(pam_link_session(&s.link), PAM_LINK_DENIED);
    assert_int_equal(password(&s), PAM_LINK_GRANTED);
    assert_int_equal(pam_link_session(&s.link), PAM_LINK_DENIED);
    assert_string_equal(s.link.why, "it was refused before");
    clear_stage(&s);
}

static void nobody_there_denies(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s);
    (void)close(s.other);
    s.other = -1;
    assert_int_equal(password(&s), PAM_LINK_DENIED);
    clear_stage(&s);

    pam_link_init(&s.link);
    s.other = -1;
    assert_int_equal(password(&s), PAM_LINK_DENIED);
    assert_int_equal(pam_link_account(&s.link), PAM_LINK_DENIED);
    assert_int_equal(pam_link_session(&s.link), PAM_LINK_DENIED);
    clear_stage(&s);
}

/* Beside this program there is none. */
static void a_program_that_is_not_there_denies(void **state)
{
    (void)state;
    struct stage s = { .other = -1 };
    const struct pam_link_setup setup = { .service = "x", .user = B("ann"), .watch_fd = -1 };
    pam_link_init(&s.link);
    pam_link_start(&s.link, &setup);
    assert_int_equal(password(&s), PAM_LINK_DENIED);
    clear_stage(&s);
}

static void it_is_waited_for_no_longer_than_the_login_may_take(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s);
    s.link.until_ms = 1; /* long ago */
    assert_int_equal(password(&s), PAM_LINK_DENIED);
    clear_stage(&s);
}

static void the_time_of_a_login_begins_before_pam_is_asked(void **state)
{
    (void)state;
    struct stage s = { .other = -1 };
    const struct pam_link_setup setup = { .service = "x", .watch_fd = -1, .grace_ms = 1000 };
    pam_link_init(&s.link);
    s.link.began_ms = 5; /* long ago */
    pam_link_start(&s.link, &setup);
    assert_int_equal(s.link.until_ms, 1005);
    clear_stage(&s);
}

static void it_is_waited_for_no_longer_than_the_worker_is_there(void **state)
{
    (void)state;
    struct stage s;
    int worker[2];
    set_stage(&s);
    assert_int_equal(seqpacket_pair(worker), OK);
    s.link.watch_fd = worker[0];
    (void)close(worker[1]);
    assert_int_equal(password(&s), PAM_LINK_DENIED);
    (void)close(worker[0]);
    clear_stage(&s);
}

static void a_session_comes_with_its_environment_and_its_process(void **state)
{
    (void)state;
    struct stage s;
    int pidfd = -1;
    const struct record spawn = { RECORD_PAM_SPAWN, { 0 }, { B("3"), B("") } };
    const struct record spawned = { RECORD_PAM_SPAWNED, { 1 }, { BYTES_NONE } };
    set_stage(&s);
    answer(&s, ANSWER_GRANTED);
    assert_int_equal(pam_link_session(&s.link), PAM_LINK_GRANTED);
    assert_true(bytes_equal(buf_bytes(&s.link.environment), B("A=b\0")));

    const struct seqpacket_descriptors passed = { { s.other }, 1 };
    assert_int_equal(record_socket_send(s.other, &spawned, &passed), OK);
    assert_int_equal(pam_link_spawn(&s.link, &spawn, NULL, &pidfd), OK);
    assert_true(pidfd >= 0);
    (void)close(pidfd);
    clear_stage(&s);
}

static void a_process_without_its_descriptor_is_none(void **state)
{
    (void)state;
    struct stage s;
    int pidfd = -1;
    const struct record spawn = { RECORD_PAM_SPAWN, { 0 }, { B("3"), B("") } };
    for (uint32_t said = 0; said < 2; said++) {
        set_stage(&s);
        answer(&s, ANSWER_GRANTED);
        assert_int_equal(pam_link_session(&s.link), PAM_LINK_GRANTED);
        say(&s, &(struct record){ RECORD_PAM_SPAWNED, { said }, { BYTES_NONE } });
        assert_int_equal(pam_link_spawn(&s.link, &spawn, NULL, &pidfd), ERR_SYSTEM);
        assert_int_equal(pidfd, -1);
        clear_stage(&s);
    }
}

static int set_up(void **state)
{
    (void)state;
    log_open(OPTION_LOG_QUIET, true);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_grant_is_a_grant),
        cmocka_unit_test(what_is_said_adds_up_until_the_next_attempt),
        cmocka_unit_test(questions_are_handed_on_and_answers_back),
        cmocka_unit_test(it_is_told_how_the_user_has_logged_in),
        cmocka_unit_test(whoever_breaks_a_rule_is_not_asked_again),
        cmocka_unit_test(a_session_that_was_refused_is_not_asked_for_again),
        cmocka_unit_test(nobody_there_denies),
        cmocka_unit_test(a_program_that_is_not_there_denies),
        cmocka_unit_test(it_is_waited_for_no_longer_than_the_login_may_take),
        cmocka_unit_test(the_time_of_a_login_begins_before_pam_is_asked),
        cmocka_unit_test(it_is_waited_for_no_longer_than_the_worker_is_there),
        cmocka_unit_test(a_session_comes_with_its_environment_and_its_process),
        cmocka_unit_test(a_process_without_its_descriptor_is_none),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
