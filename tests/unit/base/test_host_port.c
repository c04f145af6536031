/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/host_port.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
    const char *text, *host;
    uint16_t port; /* 0: any */
} good[] = {
    { "host:80", "host", 80 },
    { "[2001:db8::1]:*", "2001:db8::1", 0 },
    { "*:22", "*", 22 },
    { "[host]:65535", "host", 65535 },
};

static void hosts_and_ports_are_taken_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        for (int needs_host = 0; needs_host < 2; needs_host++) {
            struct host_port at;
            assert_true(host_port_parse(bytes_text(good[i].text), needs_host, &at));
            assert_true(bytes_is(at.host, good[i].host));
            assert_int_equal(at.is_any_port, good[i].port == 0);
            assert_int_equal(at.port, good[i].port);
        }
}

static void a_port_alone_is_enough_where_no_host_is_needed(void **state)
{
    (void)state;
    struct host_port at;
    assert_true(host_port_parse(BYTES_LITERAL("8080"), false, &at));
    assert_int_equal(at.port, 8080);
    assert_true(host_port_parse(BYTES_LITERAL("*"), false, &at));
    assert_true(at.is_any_port);
    assert_false(host_port_parse(BYTES_LITERAL("8080"), true, &at));
}

static void others_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = { "",        ":80",     "host:",   "host:0",     "host:65536",
                                       "host:x",  "[::1]80", "[::1:80", "2001::1:80", "[]:80",
                                       "host:-1", "host:*x", "host",    "host:80:1" };
    struct host_port at;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(host_port_parse(bytes_text(bad[i]), true, &at));
        assert_false(host_port_parse(bytes_text(bad[i]), false, &at));
    }
}

static bool is(bool (*covers)(const struct host_port *, struct bytes, uint16_t),
               const char *allowed, const char *host, uint16_t port)
{
    struct host_port at;
    assert_true(host_port_parse(bytes_text(allowed), false, &at));
    return covers(&at, bytes_text(host), port);
}

static void one_may_connect_to_the_same_name_only(void **state)
{
    (void)state;
    assert_true(is(host_port_opens, "host:80", "host", 80));
    assert_false(is(host_port_opens, "host:80", "host", 81));
    assert_false(is(host_port_opens, "host:80", "HOST", 80));
    assert_false(is(host_port_opens, "h*:80", "host", 80));
    assert_true(is(host_port_opens, "*:80", "host", 80));
    assert_true(is(host_port_opens, "host:*", "host", 1));
}

static void one_may_listen_where_the_pattern_fits(void **state)
{
    (void)state;
    assert_true(is(host_port_listens, "80", "anything", 80));
    assert_false(is(host_port_listens, "80", "anything", 81));
    assert_true(is(host_port_listens, "local*:80", "localhost", 80));
    assert_false(is(host_port_listens, "localhost:80", "127.0.0.1", 80));
    assert_true(is(host_port_listens, "*", "", 7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_and_ports_are_taken_apart),
        cmocka_unit_test(a_port_alone_is_enough_where_no_host_is_needed),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(one_may_connect_to_the_same_name_only),
        cmocka_unit_test(one_may_listen_where_the_pattern_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
