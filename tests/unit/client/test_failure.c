/* SPDX-License-Identifier: BSD-2-Clause */
/* The sentences that callers of ssh look for. */
#include "programs/client/failure.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_told(enum failure_stage stage, enum err err, int error_number,
                        const char *wanted)
{
    const struct failure failure = {
        .stage = stage,
        .err = err,
        .error_number = error_number,
        .detail = "",
        .host = "there",
        .address = "192.0.2.1",
        .port = 22,
        .missing = "cipher",
        .offer = BYTES_LITERAL("a,b"),
    };
    scoped(buf) text = BUF_EMPTY(4096);
    assert_int_equal(failure_tell(&failure, &text), OK);
    if (!strstr(buf_text(&text), wanted))
        fail_msg("\"%s\" is not in: %s", wanted, buf_text(&text));
    assert_int_equal(buf_text(&text)[buf_len(&text) - 1], '\n');
}

static void assert_proxy_told(struct failure failure, const char *wanted)
{
    scoped(buf) text = BUF_EMPTY(4096);
    failure.host = "there";
    failure.address = "UNKNOWN";
    failure.detail = "";
    assert_int_equal(failure_tell(&failure, &text), OK);
    assert_string_equal(buf_text(&text), wanted);
}

static void the_end_of_a_proxy_command_is_told_instead_of_an_unknown_address(void **state)
{
    (void)state;
    struct failure failure = { .stage = FAILURE_HELLO,
                               .proxy = FAILURE_PROXY_ENDED,
                               .proxy_exit.number = 127 };
    assert_proxy_told(failure, "glassh: ProxyCommand ended with status 127 before the server "
                               "spoke\n");
    assert_string_equal(failure_reason(&failure), "ProxyCommand ended");
    failure.err = ERR_SYSTEM;
    failure.error_number = ECONNRESET;
    failure.proxy_exit = (struct process_exit){ .is_signal = true, .number = 9 };
    failure.stage = FAILURE_LOGIN;
    assert_proxy_told(failure, "glassh: ProxyCommand ended with signal 9 before the login was "
                               "done\n");
    failure.proxy = FAILURE_PROXY_RUNS;
    assert_proxy_told(failure, "glassh: ProxyCommand closed the connection before the login was "
                               "done\n");
    assert_string_equal(failure_reason(&failure), "ProxyCommand closed it");
    failure.err = ERR_BAD_VERSION;
    assert_proxy_told(failure, "glassh: there by ProxyCommand: the other side does not speak SSH "
                               "2.0\n");
    failure.err = ERR_SYSTEM;
    failure.stage = FAILURE_SESSION;
    assert_proxy_told(failure, "client_loop: Connection reset by peer\n"
                               "Connection to there closed by remote host.\n");
}

static const char *reason(enum failure_stage stage, enum err err)
{
    const struct failure failure = { .stage = stage, .err = err, .error_number = ECONNRESET };
    return failure_reason(&failure);
}

static void how_the_network_ended_it_has_words(void **state)
{
    (void)state;
    assert_string_equal(reason(FAILURE_HELLO, OK), "the server hung up without saying who it is");
    assert_string_equal(reason(FAILURE_LOGIN, OK), "the server hung up");
    assert_string_equal(reason(FAILURE_LOGIN, ERR_SYSTEM), "Connection reset by peer");
    assert_string_equal(reason(FAILURE_SESSION, ERR_TIMEOUT), "the server no longer answers");
}

static void each_end_has_its_words(void **state)
{
    (void)state;
    assert_told(FAILURE_HELLO, OK, 0,
                "kex_exchange_identification: Connection closed by remote host");
    assert_told(FAILURE_KEYS, OK, 0, "Connection closed by 192.0.2.1 port 22");
    assert_told(FAILURE_SESSION, OK, 0, "Connection to there closed by remote host.");
    assert_told(FAILURE_HELLO, ERR_SYSTEM, ECONNRESET, "Connection reset by 192.0.2.1 port 22");
    assert_told(FAILURE_HELLO, ERR_TIMEOUT, 0, "Connection timed out during banner exchange");
    assert_told(FAILURE_SESSION, ERR_TIMEOUT, 0, "Timeout, server there not responding.");
    assert_told(
        FAILURE_KEYS, ERR_NO_COMMON, 0,
        "Unable to negotiate with 192.0.2.1 port 22: no matching cipher found. Their offer: "
        "a,b\n");
    assert_told(FAILURE_SESSION, ERR_BAD_MAC, 0, "Corrupted MAC on input");
}

static void every_error_has_words_at_every_stage(void **state)
{
    (void)state;
    for (int err = OK; err < ERR_COUNT; err++)
        for (enum failure_stage stage = FAILURE_HELLO; stage <= FAILURE_SESSION; stage++)
            assert_told(stage, (enum err)err, EPIPE, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_end_has_its_words),
        cmocka_unit_test(the_end_of_a_proxy_command_is_told_instead_of_an_unknown_address),
        cmocka_unit_test(how_the_network_ended_it_has_words),
        cmocka_unit_test(every_error_has_words_at_every_stage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
