/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/farewell.h"

#include "programs/server/common/log.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct events_connection connection;
static struct buf lines;

static void take(void *context, enum option_log_level level, enum events_id id,
                 const struct events_value *values)
{
    (void)context;
    (void)level;
    scoped(buf) line = BUF_EMPTY(EVENTS_LINE_MAX);
    events_words(id, values, &connection, &line);
    assert_int_equal(events_row(id)->sender, EVENTS_WORKER);
    assert_int_equal(buf_format(&lines, "%s\n", buf_text(&line)), OK);
}

/* Of whom nothing is known but the address, before the login. */
static struct events_connection stranger(void)
{
    return (
        struct events_connection){ .peer = "192.0.2.7", .peer_port = 40001, .is_preauth = true };
}

static struct events_connection user(const char *name, bool is_invalid)
{
    struct events_connection c = stranger();
    c.has_user = true;
    c.user = bytes_text(name);
    c.is_invalid = is_invalid;
    return c;
}

static void expect(struct events_connection who, struct farewell farewell, const char *wanted)
{
    buf_init(&lines, 4096);
    connection = who;
    farewell.is_authenticated = !who.is_preauth;
    if (!farewell.detail)
        farewell.detail = "";
    log_hand_over(OPTION_LOG_DEBUG3, take, NULL);
    farewell_tell(&farewell);
    assert_string_equal(buf_text(&lines), wanted);
    buf_wipe(&lines);
}

static void a_close_names_as_much_of_the_peer_as_is_known(void **state)
{
    (void)state;
    expect(stranger(), (struct farewell){ .has_introduced_itself = true },
           "Connection closed by 192.0.2.7 port 40001 [preauth]\n");
    expect(user("ann", false), (struct farewell){ .has_introduced_itself = true },
           "Connection closed by authenticating user ann 192.0.2.7 port 40001 [preauth]\n");
    expect(user("bob", true), (struct farewell){ .has_introduced_itself = true },
           "Connection closed by invalid user bob 192.0.2.7 port 40001 [preauth]\n");
}

static void a_good_bye_is_told_with_its_text(void **state)
{
    (void)state;
    struct events_connection ann = user("ann", false);
    struct farewell bye = { .err = ERR_DISCONNECTED,
                            .has_introduced_itself = true,
                            .has_disconnect = true,
                            .reason = 11,
                            .text = BYTES_LITERAL("bye\x1b[2J\n") };
    expect(ann, bye,
           "Received disconnect from 192.0.2.7 port 40001:11: bye\\x1b[2J\\x0a [preauth]\n"
           "Disconnected from authenticating user ann 192.0.2.7 port 40001 [preauth]\n");
    ann.is_preauth = false;
    expect(ann, bye,
           "Received disconnect from 192.0.2.7 port 40001:11: bye\\x1b[2J\\x0a\n"
           "Disconnected from user ann 192.0.2.7 port 40001\n");
}

static void the_reasons_of_a_failure_have_sshds_words(void **state)
{
    (void)state;
    struct events_connection ann = user("ann", false), in = ann;
    in.is_preauth = false;
    expect(stranger(), (struct farewell){ .err = ERR_TIMEOUT },
           "Timeout before authentication for 192.0.2.7 port 40001\n");
    expect(in, (struct farewell){ .err = ERR_TIMEOUT },
           "Timeout, client not responding from user ann 192.0.2.7 port 40001\n");
    struct farewell reset = { .err = ERR_SYSTEM,
                              .error_number = ECONNRESET,
                              .has_introduced_itself = true };
    expect(stranger(), reset, "Connection reset by 192.0.2.7 port 40001 [preauth]\n");
    expect(in, reset,
           "Read error from remote host 192.0.2.7 port 40001: Connection reset by peer\n");
    expect(ann, (struct farewell){ .err = ERR_NO_AUTH },
           "maximum authentication attempts exceeded for ann from 192.0.2.7 port 40001 ssh2 "
           "[preauth]\n"
           "Disconnecting authenticating user ann 192.0.2.7 port 40001: Too many authentication "
           "failures [preauth]\n");
    expect(stranger(),
           (struct farewell){ .err = ERR_BAD_MAC,
                              .has_introduced_itself = true,
                              .detail = "a packet was damaged" },
           "ssh_dispatch_run_fatal: Connection from 192.0.2.7 port 40001: a packet was damaged "
           "[preauth]\n");
}

static void what_has_no_common_algorithm_is_told_with_the_offer(void **state)
{
    (void)state;
    struct farewell f = { .err = ERR_NO_COMMON,
                          .missing = "cipher",
                          .offer = BYTES_LITERAL("rot13,none") };
    expect(stranger(), f,
           "Unable to negotiate with 192.0.2.7 port 40001: no matching cipher found. Their offer: "
           "rot13,none [preauth]\n");
}

static void who_speaks_something_else_is_told_with_the_line(void **state)
{
    (void)state;
    expect(
        stranger(),
        (struct farewell){ .err = ERR_BAD_VERSION, .line = BYTES_LITERAL("GET /\x01 \"") },
        "kex_exchange_identification: client sent invalid protocol identifier \"GET /\\x01 \"\"\n"
        "banner exchange: Connection from 192.0.2.7 port 40001: invalid format\n");
    expect(stranger(),
           (struct farewell){ .err = ERR_BAD_VERSION, .line = BYTES_LITERAL("SSH-1.5-x") },
           "banner exchange: Connection from 192.0.2.7 port 40001: could not read protocol "
           "version\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_close_names_as_much_of_the_peer_as_is_known),
        cmocka_unit_test(a_good_bye_is_told_with_its_text),
        cmocka_unit_test(the_reasons_of_a_failure_have_sshds_words),
        cmocka_unit_test(what_has_no_common_algorithm_is_told_with_the_offer),
        cmocka_unit_test(who_speaks_something_else_is_told_with_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
