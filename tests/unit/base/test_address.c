/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static enum pattern_verdict look(const char *address, const char *list)
{
    return address_list(bytes_text(address), bytes_text(list));
}

static void addresses_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *address, *list;
    } cases[] = {
        { "192.0.2.7", "192.0.2.7" },
        { "192.0.2.7", "10.0.0.1, 192.0.2.0/24" },
        { "192.0.2.7", "192.0.2.7/32" },
        { "192.0.2.7", "0.0.0.0/0" },
        { "192.0.2.7", "192.0.2.*" },
        { "192.0.2.7", "192.0.2.6/31" },
        { "2001:db8::7", "2001:DB8:0:0::7" },
        { "2001:db8::7", "2001:db8::/33" },
        { "2001:db8::7", "::/0" },
        { "fe80::1%eth0", "fe80::/10" },
        { "::ffff:192.0.2.7", "192.0.2.0/24" },
        { "UNKNOWN", "*" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(look(cases[i].address, cases[i].list), PATTERN_MATCH);
}

static void others_are_not(void **state)
{
    (void)state;
    static const struct {
        const char *address, *list;
    } cases[] = {
        { "192.0.2.7", "" },          { "192.0.2.7", ",," },
        { "192.0.2.7", "192.0.2.8" }, { "192.0.2.7", "192.0.2.8/31" },
        { "192.0.2.7", "::/0" },      { "2001:db8::7", "0.0.0.0/0" },
        { "UNKNOWN", "0.0.0.0/0" },   { "2001:db8::7", "2001:db8:8000::/33" },
        { "", "10.0.0.1,," },         { "192.0.2.7", "*.example.org" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(look(cases[i].address, cases[i].list), PATTERN_NO_MATCH);
}

static void a_negated_or_damaged_block_refuses(void **state)
{
    (void)state;
    static const char *const lists[] = {
        "*,!192.0.2.0/24",  "!192.0.2.7,*",     "*,!192.0.2.*",   "*,192.0.2.0/33",
        "*,192.0.2.1/24",   "*,192.0.2.0/",     "*,192.0.2.0/-1", "*,2001:db8::1/32",
        "*,2001:db8::/129", "*,example.org/24", "*,!10.0.0.1/8",  "*,192.0.2.0/24/24",
    };
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        assert_int_equal(look("192.0.2.7", lists[i]), PATTERN_REFUSED);
}

static void damage_shows_without_an_address(void **state)
{
    (void)state;
    assert_true(address_list_is_good(BYTES_NONE));
    assert_true(address_list_is_good(BYTES_LITERAL("192.0.2.0/24, !2001:db8::/32,*.example.org")));
    assert_false(address_list_is_good(BYTES_LITERAL("10.0.0.0/8,192.0.2.1/24")));
    assert_false(address_list_is_good(BYTES_LITERAL("!10.0.0.0/33,10.0.0.0/8")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_found),
        cmocka_unit_test(others_are_not),
        cmocka_unit_test(a_negated_or_damaged_block_refuses),
        cmocka_unit_test(damage_shows_without_an_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
