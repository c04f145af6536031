/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/farewell.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct endpoint peer = { "192.0.2.7", 40001 };

static void expect(struct farewell farewell, const char *line)
{
    scoped(buf) out = BUF_EMPTY(2048);
    farewell.peer = peer;
    if (!farewell.detail)
        farewell.detail = "";
    if (!farewell.subject)
        farewell.subject = "";
    assert_int_equal(farewell_format(&farewell, &out), OK);
    assert_string_equal(buf_text(&out), line);
}

static void a_close_names_as_much_of_the_peer_as_is_known(void **state)
{
    (void)state;
    expect((struct farewell){ .err = OK }, "Connection closed by 192.0.2.7 port 40001 [preauth]");
    expect((struct farewell){ .subject = "user ann" },
           "Connection closed by authenticating user ann 192.0.2.7 port 40001 [preauth]");
    expect((struct farewell){ .subject = "invalid user bob" },
           "Connection closed by invalid user bob 192.0.2.7 port 40001 [preauth]");
    expect((struct farewell){ .subject = "user ann", .is_authenticated = true },
           "Connection closed by user ann 192.0.2.7 port 40001");
}

static void a_good_bye_is_told_with_its_escaped_text(void **state)
{
    (void)state;
    expect((struct farewell){ .err = ERR_DISCONNECTED,
                              .subject = "user ann",
                              .is_authenticated = true,
                              .has_disconnect = true,
                              .reason = 11,
                              .text = BYTES_LITERAL("bye\x1b[2J\n") },
           "Received disconnect from 192.0.2.7 port 40001:11: bye\\x1b[2J\\x0a\n"
           "Disconnected from user ann 192.0.2.7 port 40001");
}

static void the_reasons_of_a_failure_have_sshds_words(void **state)
{
    (void)state;
    expect((struct farewell){ .err = ERR_TIMEOUT },
           "Timeout before authentication for 192.0.2.7 port 40001 [preauth]");
    expect((struct farewell){ .err = ERR_TIMEOUT, .is_authenticated = true, .subject = "user ann" },
           "Timeout, client not responding from user ann 192.0.2.7 port 40001");
    expect((struct farewell){ .err = ERR_SYSTEM, .error_number = ECONNRESET },
           "Connection reset by 192.0.2.7 port 40001 [preauth]");
    expect((struct farewell){ .err = ERR_NO_COMMON, .detail = "no matching cipher found" },
           "Unable to negotiate with 192.0.2.7 port 40001: no matching cipher found [preauth]");
    expect((struct farewell){ .err = ERR_NO_AUTH, .subject = "user ann" },
           "error: maximum authentication attempts exceeded for user ann from 192.0.2.7 port 40001 "
           "ssh2 [preauth]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_close_names_as_much_of_the_peer_as_is_known),
        cmocka_unit_test(a_good_bye_is_told_with_its_escaped_text),
        cmocka_unit_test(the_reasons_of_a_failure_have_sshds_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
