/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/summary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct summary summary;
static struct instant now;

static void tell(const char *name, const struct trace_field *fields, size_t count)
{
    const struct fact fact = { name, fields, count };
    summary_observe(&summary, &fact, now);
}

#define TELL(at_us, name, ...)                                                   \
    do {                                                                         \
        const struct trace_field tell_fields[] = { __VA_ARGS__ };                \
        now.us = (at_us);                                                        \
        tell((name), tell_fields, sizeof(tell_fields) / sizeof(tell_fields[0])); \
    } while (0)

static void message(int64_t at_us, bool out, const char *name)
{
    TELL(at_us, "ssh.message", trace_number("out", out), trace_text("name", name));
}

static void flight(int64_t at_us, bool out)
{
    TELL(at_us, "ssh.flight", trace_number("out", out));
}

static const char *told(void)
{
    static char text[1024];
    summary_format(&summary, text, sizeof(text));
    return text;
}

static void start(bool is_server)
{
    now.us = 0;
    summary_init(&summary, is_server, now);
}

/* Up to the keys: a share that was guessed right leaves with our first octets. */
static void until_the_keys(void)
{
    TELL(260, "net.try", trace_number("port", 22));
    TELL(1040, "ssh.ident.sent", trace_text("line", "SSH-2.0-x"));
    message(1050, true, "KEXINIT");
    message(1060, true, "KEX_INIT");
    flight(1070, true);
    flight(20000, false);
    TELL(20010, "ssh.ident.received", trace_text("line", "SSH-2.0-y"));
    flight(20500, false);
    message(20510, false, "KEXINIT");
    flight(21000, false);
    message(21010, false, "KEX_REPLY");
}

static void log_in(void)
{
    message(21020, true, "NEWKEYS");
    TELL(21030, "ssh.service", trace_number("out", 1));
    message(21030, true, "SERVICE_REQUEST");
    message(21040, true, "USERAUTH_REQUEST");
    flight(21050, true);
    flight(21060, false);
    message(21070, false, "NEWKEYS");
    message(21080, false, "EXT_INFO");
    flight(41000, false);
    message(41010, false, "SERVICE_ACCEPT");
    message(41020, false, "USERAUTH_SUCCESS");
    TELL(41020, "ssh.auth.success", trace_number("out", 0));
}

static void run(void)
{
    message(41050, true, "CHANNEL_OPEN");
    message(41060, true, "CHANNEL_REQUEST");
    TELL(41060, "ssh.channel.request", trace_number("out", 1), trace_text("name", "pty-req"),
         trace_number("want_reply", 1));
    message(41070, true, "CHANNEL_REQUEST");
    TELL(41070, "ssh.channel.request", trace_number("out", 1), trace_text("name", "exec"),
         trace_number("want_reply", 1));
    flight(41080, true);
    flight(61000, false);
    message(61010, false, "CHANNEL_SUCCESS");
    TELL(61010, "ssh.channel.reply", trace_number("out", 0), trace_number("ok", 1));
    message(61020, false, "CHANNEL_SUCCESS");
    TELL(61020, "ssh.channel.reply", trace_number("out", 0), trace_number("ok", 1));
    message(61030, true, "CHANNEL_EOF");
    flight(61040, true);
}

static void the_phases_add_up_to_the_whole(void **state)
{
    (void)state;
    start(false);
    until_the_keys();
    log_in();
    run();
    assert_true(bytes_starts(bytes_text(told()), "ready in 61.0 ms\n"));
    assert_non_null(strstr(
        told(), "  find 0.3, connect 0.7, hello 19.0, keys 1.0, login 20.0, session 20.0\n"));
}

static void a_round_trip_is_a_question_and_its_answer(void **state)
{
    (void)state;
    start(false);
    until_the_keys();
    log_in();
    run();
    /* What is sent besides, and what comes without having been asked for, adds none. */
    flight(81000, false);
    message(81010, false, "CHANNEL_DATA");
    TELL(81010, "ssh.channel.data", trace_number("out", 0), trace_number("first", 1));
    assert_non_null(
        strstr(told(), "  2 round trips to the login after TCP's own, 3 to the program\n"));
    assert_non_null(strstr(told(), "first octet after 81.0"));
}

static void one_round_trip_is_no_round_trips(void **state)
{
    (void)state;
    start(false);
    message(1, true, "USERAUTH_REQUEST");
    flight(2, true);
    flight(3, false);
    message(4, false, "USERAUTH_SUCCESS");
    TELL(4, "ssh.auth.success", trace_number("out", 0));
    assert_non_null(strstr(told(), "  1 round trip to the login after TCP's own\n"));
}

/* Channel messages that left before the answer to the login do not end the login's phase. */
static void a_login_lasts_until_its_answer(void **state)
{
    (void)state;
    start(false);
    until_the_keys();
    TELL(21030, "ssh.service", trace_number("out", 1));
    TELL(21040, "ssh.channel.open", trace_number("out", 1));
    TELL(91000, "net.closed", trace_text("how", "the server hung up"));
    assert_non_null(strstr(told(), "no login in 91.0 ms\n"));
    assert_non_null(strstr(told(), "keys 1.0, login 70.0\n"));
    assert_null(strstr(told(), "session"));
}

static void the_end_of_tcp_is_not_waited_for(void **state)
{
    (void)state;
    start(false);
    until_the_keys();
    TELL(22000, "ssh.failed", trace_text("detail", "no cipher in common"));
    TELL(222000, "tcp.segment", trace_text("flags", "FIN-ACK"));
    now.us = 223000;
    assert_non_null(strstr(told(), "no login in 22.0 ms\n"));
    assert_non_null(strstr(told(), "keys 2.0\n"));
}

static void a_server_looks_nothing_up(void **state)
{
    (void)state;
    start(true);
    until_the_keys();
    assert_null(strstr(told(), "find"));
    assert_non_null(strstr(told(), "  connect 1.0, hello 19.0, keys"));
}

static void a_command_that_carries_the_connection_is_found_and_started(void **state)
{
    (void)state;
    start(false);
    TELL(200, "net.proxy", trace_text("name", "x"));
    TELL(28200, "ssh.ident.sent", trace_text("line", "SSH-2.0-x"));
    assert_non_null(strstr(told(), "  find 0.2, connect 28.0, hello 0.0\n"));
}

static void the_algorithms_are_named(void **state)
{
    (void)state;
    start(false);
    assert_null(strstr(told(), "post-quantum"));
    TELL(1, "ssh.chosen", trace_text("kex", "k"), trace_text("host_key", "h"),
         trace_text("cipher_out", "c"), trace_number("pq", 0));
    assert_non_null(strstr(told(), "  k, h, c\n  post-quantum: no;"));
    TELL(1, "ssh.chosen", trace_text("kex", "k"), trace_text("host_key", "h"),
         trace_text("cipher_out", "c"), trace_number("pq", 1));
    assert_non_null(strstr(told(), "  post-quantum: yes\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_phases_add_up_to_the_whole),
        cmocka_unit_test(a_round_trip_is_a_question_and_its_answer),
        cmocka_unit_test(one_round_trip_is_no_round_trips),
        cmocka_unit_test(a_login_lasts_until_its_answer),
        cmocka_unit_test(the_end_of_tcp_is_not_waited_for),
        cmocka_unit_test(a_server_looks_nothing_up),
        cmocka_unit_test(a_command_that_carries_the_connection_is_found_and_started),
        cmocka_unit_test(the_algorithms_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
