/* SPDX-License-Identifier: BSD-2-Clause */
/* Somebody who has no hash, so that nothing they know is right; and PAM's program, which is not beside this one. */
#include "programs/server/monitor/secret.h"

#include "config/server_options.h"
#include "programs/server/common/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static struct server_options options;
static const struct account account = {
    .uid = 4711, .name = (char[]){ "ann" }, .home = (char[]){ "/" }, .shell = (char[]){ "/bin/sh" }
};
static const struct monitor_setup setup = { .worker_fd = -1 };
static const struct secret_attempt attempt = {
    .options = &options, .account = &account, .user = B("ann"), .may = true, .setup = &setup
};
static const struct monitor_login question = { .method = MONITOR_INTERACTIVE };

static struct monitor_login answers(struct bytes text)
{
    return (struct monitor_login){
        .method = MONITOR_INTERACTIVE, .has_answers = true, .answers_fit = true, .answers = text
    };
}

static void one_question_is_asked_without_echo(void **state)
{
    (void)state;
    struct secret secret;
    secret_init(&secret);
    assert_int_equal(secret_interactive(&secret, &attempt, &question), MONITOR_ASKS);
    const struct monitor_questions asked = secret_questions(&secret);
    assert_int_equal(asked.count, 1);
    assert_int_equal(asked.echoes, 0);
    assert_true(bytes_equal(asked.prompts, B("\0\0\0\12Password: ")));
    secret_wipe(&secret);
}

static void it_is_answered_once(void **state)
{
    (void)state;
    static const struct bytes texts[] = { B("\0\0\0\5guess"), B(""), B("\0\0\0\5gues"),
                                          B("\0\0\0\5guess\0") };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct secret secret;
        const struct monitor_login login = answers(texts[i]);
        secret_init(&secret);
        assert_int_equal(secret_interactive(&secret, &attempt, &login), MONITOR_REFUSED);
        assert_int_equal(secret_interactive(&secret, &attempt, &question), MONITOR_ASKS);
        assert_int_equal(secret_interactive(&secret, &attempt, &login), MONITOR_REFUSED);
        assert_false(secret.is_asking);
        secret_wipe(&secret);
    }
}

static void answers_that_do_not_fit_are_an_answer(void **state)
{
    (void)state;
    struct secret secret;
    struct monitor_login login = answers(B("\0\0\0\5guess"));
    login.answers_fit = false;
    secret_init(&secret);
    assert_int_equal(secret_interactive(&secret, &attempt, &question), MONITOR_ASKS);
    assert_int_equal(secret_interactive(&secret, &attempt, &login), MONITOR_REFUSED);
    assert_false(secret.is_asking);
    secret_wipe(&secret);
}

static void a_password_drops_the_question(void **state)
{
    (void)state;
    struct secret secret;
    secret_init(&secret);
    assert_int_equal(secret_interactive(&secret, &attempt, &question), MONITOR_ASKS);
    assert_int_equal(secret_password(&secret, &attempt, B("guess")), MONITOR_REFUSED);
    assert_false(secret.is_asking);
    secret_wipe(&secret);
}

static void without_pam_there_is_nothing_to_ask_it(void **state)
{
    (void)state;
    struct secret secret;
    bool must_change = true;
    secret_init(&secret);
    assert_true(secret_lets_in(&secret, &attempt, &must_change));
    assert_false(must_change);
    secret_wipe(&secret);
}

static void pam_that_cannot_be_asked_refuses_everything(void **state)
{
    (void)state;
    struct secret secret;
    bool must_change = true;
    secret_init(&secret);
    options.use_pam = true;
    assert_int_equal(secret_password(&secret, &attempt, B("guess")), MONITOR_REFUSED);
    assert_int_equal(secret_interactive(&secret, &attempt, &question), MONITOR_REFUSED);
    assert_false(secret.is_asking);
    assert_false(secret_lets_in(&secret, &attempt, &must_change));
    assert_false(must_change);
    options.use_pam = false;
    secret_wipe(&secret);
}

static int set_up(void **state)
{
    (void)state;
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
        cmocka_unit_test(one_question_is_asked_without_echo),
        cmocka_unit_test(it_is_answered_once),
        cmocka_unit_test(answers_that_do_not_fit_are_an_answer),
        cmocka_unit_test(a_password_drops_the_question),
        cmocka_unit_test(without_pam_there_is_nothing_to_ask_it),
        cmocka_unit_test(pam_that_cannot_be_asked_refuses_everything),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
