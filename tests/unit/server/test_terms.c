/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/terms.h"

#include "config/server_options.h"
#include "programs/server/common/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct endpoint peer = { "192.0.2.7", 1024 };
static const struct endpoint local = { "2001:db8::1", 2222 };
static struct server_options options;
static struct terms terms;

static void start(const char *text)
{
    server_options_init(&options);
    assert_int_equal(server_options_parse(&options, "config", bytes_text(text), NULL), OK);
    assert_int_equal(server_options_finish(&options, "/", "/"), OK);
    terms_init(&terms, &options, &peer, &local);
}

static void stop(void)
{
    terms_wipe(&terms);
    server_options_wipe(&options);
}

static void without_match_there_is_no_copy(void **state)
{
    (void)state;
    start("Banner /x\n");
    assert_true(terms_name_user(&terms, BYTES_LITERAL("ann"), NULL));
    assert_ptr_equal(terms.options, &options);
    assert_null(terms.own);
    stop();
}

static void the_connection_is_known_first_and_then_the_user(void **state)
{
    (void)state;
    start(
        "Match Address 192.0.2.0/24 LocalPort 2222\nBanner /here\nMatch User root\nMaxSessions 1\n"
        "Match Group root\nMaxAuthTries 1\nMatch Invalid-User\nMaxAuthTries 2\n"
        "Match User root Host 192.0.2.7 LocalAddress ::/0\nClientAliveCountMax 7\n");
    assert_string_equal(terms.options->banner, "/here");
    assert_int_equal(terms.options->max_sessions, 10);
    assert_int_equal(terms.options->max_auth_tries, 6);

    struct account root;
    assert_int_equal(account_find(BYTES_LITERAL("root"), &root), OK);
    assert_true(terms_name_user(&terms, BYTES_LITERAL("root"), &root));
    assert_string_equal(terms.options->banner, "/here");
    assert_int_equal(terms.options->max_sessions, 1);
    assert_int_equal(terms.options->max_auth_tries, 1);
    assert_int_equal(terms.options->client_alive_count_max, 7);
    account_wipe(&root);

    assert_true(terms_name_user(&terms, BYTES_LITERAL("ann"), NULL));
    assert_int_equal(terms.options->max_sessions, 10);
    assert_int_equal(terms.options->max_auth_tries, 2);
    stop();
}

static void what_is_no_text_is_the_name_of_nobody(void **state)
{
    (void)state;
    start("Match User *\nMaxSessions 1\n");
    assert_true(terms_name_user(&terms, BYTES_LITERAL("a\0b"), NULL));
    assert_int_equal(terms.options->max_sessions, 10);
    assert_true(terms_name_user(&terms, BYTES_LITERAL("a"), NULL));
    assert_int_equal(terms.options->max_sessions, 1);
    stop();
}

/* What all lines together allow may be too much without the line that takes away. */
static void what_cannot_be_told_lets_nobody_in(void **state)
{
    (void)state;
    scoped(buf) text = BUF_EMPTY(65536);
    log_open(OPTION_LOG_QUIET, true);
    for (int i = 0; i < OPTION_LIST_MAX; i++)
        assert_int_equal(buf_format(&text, "Match User a\nAcceptEnv A%d\n", i), OK);
    assert_int_equal(
        buf_append_text(&text, "Match User b\nAcceptEnv -*\nMatch User a\nAcceptEnv B\n"), OK);
    start(buf_text(&text));
    assert_false(terms_name_user(&terms, BYTES_LITERAL("a"), NULL));
    assert_ptr_equal(terms.options, &options);
    assert_true(terms_name_user(&terms, BYTES_LITERAL("b"), NULL));
    stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_match_there_is_no_copy),
        cmocka_unit_test(the_connection_is_known_first_and_then_the_user),
        cmocka_unit_test(what_is_no_text_is_the_name_of_nobody),
        cmocka_unit_test(what_cannot_be_told_lets_nobody_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
