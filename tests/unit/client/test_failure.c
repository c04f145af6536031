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
        .detail = err == ERR_NO_COMMON ? "no cipher in common" : "",
        .host = "there",
        .address = "192.0.2.1",
        .port = 22,
        .their_kexes = "a,b",
    };
    scoped(buf) text = BUF_EMPTY(4096);
    assert_int_equal(failure_tell(&failure, &text), OK);
    if (!strstr(buf_text(&text), wanted))
        fail_msg("\"%s\" is not in: %s", wanted, buf_text(&text));
    assert_int_equal(buf_text(&text)[buf_len(&text) - 1], '\n');
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
    assert_told(FAILURE_KEYS, ERR_NO_COMMON, 0,
                "Unable to negotiate with 192.0.2.1 port 22: no cipher in common.");
    assert_told(FAILURE_KEYS, ERR_NO_COMMON, 0, "Their key exchange methods: a,b");
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
        cmocka_unit_test(how_the_network_ended_it_has_words),
        cmocka_unit_test(every_error_has_words_at_every_stage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
