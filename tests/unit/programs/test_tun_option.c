/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/common/tun_option.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PROBLEM_MAX = 512 };

static void assert_refused(const char *text, const char *why)
{
    struct tun_options options = { .count = 0 };
    scoped(buf) problem = BUF_EMPTY(PROBLEM_MAX);
    assert_int_equal(tun_option_add(&options, text, &problem), ERR_BAD_VALUE);
    assert_int_equal(options.count, 0);
    if (!strstr(buf_text(&problem), why))
        fail_msg("%s: %s", text, buf_text(&problem));
}

static void assert_taken(const char *text, const char *name, const char *kernels, unsigned prefix)
{
    struct tun_options options = { .count = 0 };
    scoped(buf) problem = BUF_EMPTY(PROBLEM_MAX);
    char next[IP_ADDRESS_TEXT];
    assert_int_equal(tun_option_add(&options, text, &problem), OK);
    assert_int_equal(options.count, 1);
    ip_address_format(&options.items[0].kernels, next);
    assert_string_equal(options.items[0].name, name);
    assert_string_equal(next, kernels);
    assert_int_equal(options.items[0].prefix_len, prefix);
}

static void test_the_kernel_gets_the_next_address(void **state)
{
    (void)state;
    assert_taken("tun0=192.0.2.1/24", "tun0", "192.0.2.2", 24);
    assert_taken("a=10.0.0.255/8", "a", "10.0.1.0", 8);
    assert_taken("fifteen-letters=2001:db8::1/64", "fifteen-letters", "2001:db8::2", 64);
    assert_taken("t=2001:db8::ffff/108", "t", "2001:db8::1:0", 108);
}

static void test_there_is_one_address_of_each_version_ipv4_first(void **state)
{
    (void)state;
    struct tun_options options = { .count = 0 };
    scoped(buf) problem = BUF_EMPTY(PROBLEM_MAX);
    assert_int_equal(tun_option_add(&options, "six=2001:db8::1/64", &problem), OK);
    assert_int_equal(tun_option_add(&options, "four=192.0.2.1/24", &problem), OK);
    assert_int_equal(options.count, 2);
    assert_string_equal(options.items[0].name, "four");
    assert_string_equal(options.items[1].name, "six");
    assert_int_equal(tun_option_add(&options, "four=192.0.2.9/24", &problem), ERR_BAD_VALUE);
    assert_non_null(strstr(buf_text(&problem), "one IPv4 and one IPv6"));
    assert_int_equal(options.count, 2);
}

static void test_what_is_not_written_right_is_told(void **state)
{
    (void)state;
    assert_refused("", "NAME=ADDRESS/PREFIX");
    assert_refused("tun0", "NAME=ADDRESS/PREFIX");
    assert_refused("=192.0.2.1/24", "not the name");
    assert_refused("..=192.0.2.1/24", "not the name");
    assert_refused("a/b=192.0.2.1/24", "not the name");
    assert_refused("a b=192.0.2.1/24", "not the name");
    assert_refused("sixteen-letters-=192.0.2.1/24", "at most 15");
    assert_refused("t=192.0.2/24", "not an IP address");
    assert_refused("t=host/24", "not an IP address");
    assert_refused("t=192.0.2.1", "number of bits");
    assert_refused("t=192.0.2.1/33", "number of bits");
    assert_refused("t=192.0.2.1/-1", "number of bits");
    assert_refused("t=2001:db8::1/129", "number of bits");
}

static void test_addresses_that_no_host_can_have_are_refused(void **state)
{
    (void)state;
    assert_refused("t=0.0.0.0/8", "not the address of a host");
    assert_refused("t=127.0.0.1/8", "not the address of a host");
    assert_refused("t=224.0.0.1/24", "not the address of a host");
    assert_refused("t=ff02::1/64", "not the address of a host");
    assert_refused("t=192.0.2.0/24", "the network itself");
    assert_refused("t=2001:db8::/64", "the network itself");
}

static void test_there_has_to_be_room_for_the_kernels_address(void **state)
{
    (void)state;
    assert_refused("t=192.0.2.254/24", "not a host's in this network");
    assert_refused("t=192.0.2.255/24", "not a host's in this network");
    assert_refused("t=192.0.2.2/30", "not a host's in this network");
    assert_refused("t=192.0.2.1/32", "itself");
    assert_refused("t=2001:db8::1/128", "itself");
    assert_taken("t=192.0.2.1/30", "t", "192.0.2.2", 30);
    assert_taken("t=2001:db8::1/126", "t", "2001:db8::2", 126);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_kernel_gets_the_next_address),
        cmocka_unit_test(test_there_is_one_address_of_each_version_ipv4_first),
        cmocka_unit_test(test_what_is_not_written_right_is_told),
        cmocka_unit_test(test_addresses_that_no_host_can_have_are_refused),
        cmocka_unit_test(test_there_has_to_be_room_for_the_kernels_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
