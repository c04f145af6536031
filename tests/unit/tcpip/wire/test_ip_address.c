/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/wire/ip_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct ip_address address(const char *text)
{
    struct ip_address a;
    assert_true(ip_address_parse(bytes_text(text), &a));
    return a;
}

static void text_is_read_and_written_as_rfc_5952_wants_it(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        { "192.0.2.1", "192.0.2.1" },
        { "255.255.255.255", "255.255.255.255" },
        { "2001:DB8::1", "2001:db8::1" },
        { "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
        { "2001:0db8::0001:0002", "2001:db8::1:2" },
        { "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
        { "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
        { "::", "::" },
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char text[IP_ADDRESS_TEXT];
        struct ip_address a = address(texts[i][0]);
        ip_address_format(&a, text);
        assert_string_equal(text, texts[i][1]);
    }
}

static void what_is_no_address_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = { "",     "192.0.2", "192.0.2.1.1",  "192.0.2.256",
                                         "host", "1::2::3", "fe80::1%eth0", "[::1]" };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct ip_address a = { .version = 9 };
        char text[IP_ADDRESS_TEXT];
        assert_false(ip_address_parse(bytes_text(texts[i]), &a));
        assert_int_equal(a.version, 0);
        assert_int_equal(ip_address_bytes(&a).len, 0);
        ip_address_format(&a, text);
        assert_string_equal(text, "none");
    }
}

static void endpoints_of_ipv6_have_brackets(void **state)
{
    (void)state;
    char text[IP_ENDPOINT_TEXT];
    struct ip_endpoint e = { address("192.0.2.1"), 22 };
    ip_address_format_endpoint(&e, text);
    assert_string_equal(text, "192.0.2.1:22");
    e = (struct ip_endpoint){ address("1111:2222:3333:4444:5555:6666:7777:8888"), 65535 };
    ip_address_format_endpoint(&e, text);
    assert_string_equal(text, "[1111:2222:3333:4444:5555:6666:7777:8888]:65535");
}

static void addresses_are_equal_by_version_and_octets(void **state)
{
    (void)state;
    struct ip_address a = address("192.0.2.1"), b = address("192.0.2.1"), c = address("192.0.2.2");
    struct ip_address v6 = address("c000:201::");
    assert_true(ip_address_equal(&a, &b));
    assert_false(ip_address_equal(&a, &c));
    assert_false(ip_address_equal(&a, &v6));
    assert_memory_equal(ip_address_bytes(&a).data, "\xc0\0\2\1", 4);
    assert_int_equal(ip_address_bytes(&a).len, 4);
    assert_int_equal(ip_address_bytes(&v6).len, 16);
}

static void only_a_unicast_address_can_hold_a_connection(void **state)
{
    (void)state;
    static const char *const good[] = {
        "192.0.2.1", "10.0.0.0", "223.255.255.255", "240.0.0.1", "255.255.255.254", "2001:db8::",
        "fe80::1",   "::2",      "fdff::1"
    };
    static const char *const bad[] = {
        "0.0.0.0",   "0.1.2.3",   "127.0.0.1",       "127.255.255.255",
        "224.0.0.1", "239.1.2.3", "255.255.255.255", "::",
        "::1",       "ff02::1",   "::ffff:192.0.2.1"
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        struct ip_address a = address(good[i]);
        assert_true(ip_address_is_unicast(&a));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct ip_address a = address(bad[i]);
        assert_false(ip_address_is_unicast(&a));
    }
    assert_false(ip_address_is_unicast(&(struct ip_address){ 0 }));
}

static void an_address_is_within_a_network_by_its_first_bits(void **unused)
{
    (void)unused;
    static const struct {
        const char *address, *network;
        unsigned len;
        bool is_within;
    } rows[] = {
        { "10.1.2.3", "10.0.0.0", 8, true },
        { "11.1.2.3", "10.0.0.0", 8, false },
        { "10.127.0.1", "10.128.0.0", 9, false },
        { "10.255.255.255", "10.128.0.0", 9, true },
        { "192.0.2.1", "192.0.2.1", 32, true },
        { "192.0.2.0", "192.0.2.1", 32, false },
        { "203.0.113.9", "0.0.0.0", 0, true },
        { "::", "0.0.0.0", 0, false },
        { "2001:db8::1", "::", 0, true },
        { "2001:db8::1", "2001:db8::1", 128, true },
        { "2001:db8::2", "2001:db8::1", 127, false },
        { "2001:db8::2", "2001:db8::3", 127, true },
        { "10.0.0.0", "::", 0, false },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ip_address a = address(rows[i].address), network = address(rows[i].network);
        assert_int_equal(ip_address_is_within(&a, &network, rows[i].len), rows[i].is_within);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_read_and_written_as_rfc_5952_wants_it),
        cmocka_unit_test(what_is_no_address_is_none),
        cmocka_unit_test(endpoints_of_ipv6_have_brackets),
        cmocka_unit_test(addresses_are_equal_by_version_and_octets),
        cmocka_unit_test(only_a_unicast_address_can_hold_a_connection),
        cmocka_unit_test(an_address_is_within_a_network_by_its_first_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
