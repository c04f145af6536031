/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/option_value.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { BAD = -2 };

static void seconds_have_units(void **state)
{
    static const struct {
        const char *text;
        int seconds;
    } rows[] = {
        { "0", 0 },
        { "90", 90 },
        { "1m", 60 },
        { "1h30m", 5400 },
        { "1H3M2s4", 3786 },
        { "1w2d", 777600 },
        { "2147483647", INT_MAX },
        { "2147483648", BAD },
        { "", BAD },
        { "m", BAD },
        { "1x", BAD },
        { "-1", BAD },
        { "1h ", BAD },
        { "99999999999999999999", BAD },
        { "1.5h", BAD },
        { "4000w", BAD },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int seconds = BAD;
        bool good = option_value_seconds(bytes_text(rows[i].text), &seconds);
        assert_int_equal(good, rows[i].seconds != BAD);
        assert_int_equal(seconds, rows[i].seconds);
    }
}

static void sizes_have_units(void **state)
{
    static const struct {
        const char *text;
        uint64_t octets;
        bool good;
    } rows[] = {
        { "0", 0, true },
        { "512", 512, true },
        { "64K", 65536, true },
        { "1m", 1 << 20, true },
        { "1G", 1 << 30, true },
        { "7E", 7ull << 60, true },
        { "8E", 0, false },
        { "9999999999999T", 0, false },
        { "9223372036854775807", INT64_MAX, true },
        { "9223372036854775808", 0, false },
        { "", 0, false },
        { "K", 0, false },
        { "1X", 0, false },
        { "1KB", 0, false },
        { "-1", 0, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t octets = 0;
        assert_int_equal(option_value_size(bytes_text(rows[i].text), &octets), rows[i].good);
        assert_true(octets == rows[i].octets);
    }
}

static void services_have_names_and_numbers(void **state)
{
    static const struct {
        const char *text;
        int service;
        const char *shown;
    } rows[] = {
        { "ef", 0xb8, "ef" },
        { "AF21", 0x48, "af21" },
        { "cs0", 0, "cs0" },
        { "le", 4, "le" },
        { "lowdelay", 0x10, "lowdelay" },
        { "throughput", 8, "throughput" },
        { "0x20", 0x20, "cs1" },
        { "255", 255, "0xff" },
        { "0xfF", 255, "0xff" },
        { "none", OPTION_IPQOS_NONE, "none" },
        { "256", BAD, NULL },
        { "0x100", BAD, NULL },
        { "0x", BAD, NULL },
        { "0xg", BAD, NULL },
        { "foo", BAD, NULL },
        { "", BAD, NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int service = BAD;
        bool good = option_value_service(bytes_text(rows[i].text), &service);
        assert_int_equal(good, rows[i].shown != NULL);
        assert_int_equal(service, rows[i].service);
        if (rows[i].shown)
            assert_string_equal(option_value_service_text(service).text, rows[i].shown);
    }
}

static void escape_characters_may_be_control_characters(void **state)
{
    static const struct {
        const char *text;
        int escape;
        const char *shown;
    } rows[] = {
        { "~", '~', "~" },   { "^B", 2, "\\^B" }, { "^a", 1, "\\^A" },    { "^]", 0x1d, "\\^]" },
        { "^", '^', "^" },   { "^@", 0, "\\^@" }, { "none", -1, "none" }, { "\\", '\\', "\\\\" },
        { "ab", BAD, NULL }, { "^?", BAD, NULL }, { "^AB", BAD, NULL },   { "\xc3\xa9", BAD, NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int escape = BAD;
        bool good = option_value_escape(bytes_text(rows[i].text), &escape);
        assert_int_equal(good, rows[i].shown != NULL);
        assert_int_equal(escape, rows[i].escape);
        if (rows[i].shown)
            assert_string_equal(option_value_escape_text(escape).text, rows[i].shown);
    }
}

static void startups_are_one_or_three_numbers(void **state)
{
    static const struct {
        const char *text;
        bool good;
        struct option_startups startups;
    } rows[] = {
        { "10:30:100", true, { 10, 30, 100 } },
        { "5", true, { 5, 30, 5 } },
        { "10:100:10", true, { 10, 100, 10 } },
        { "10:100:9", false, { 0, 0, 0 } },
        { "10:0:10", false, { 0, 0, 0 } },
        { "10:101:20", false, { 0, 0, 0 } },
        { "0", false, { 0, 0, 0 } },
        { "10:1", false, { 0, 0, 0 } },
        { "1:2:3:4", false, { 0, 0, 0 } },
        { "x", false, { 0, 0, 0 } },
        { "", false, { 0, 0, 0 } },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct option_startups startups = { 0, 0, 0 };
        assert_int_equal(option_value_startups(bytes_text(rows[i].text), &startups), rows[i].good);
        assert_memory_equal(&startups, &rows[i].startups, sizeof(startups));
    }
}

static void ports_are_from_1_to_65535(void **state)
{
    int port = 7;
    (void)state;
    assert_false(option_value_port(BYTES_LITERAL("0"), &port));
    assert_false(option_value_port(BYTES_LITERAL("65536"), &port));
    assert_false(option_value_port(BYTES_LITERAL("22 "), &port));
    assert_int_equal(port, 7);
    assert_true(option_value_port(BYTES_LITERAL("65535"), &port));
    assert_int_equal(port, 65535);
}

static void the_first_of_several_names_is_shown(void **state)
{
    int level = BAD;
    (void)state;
    assert_true(option_value_choice(option_value_log_levels, BYTES_LITERAL("debug1"), &level));
    assert_string_equal(option_value_choice_text(option_value_log_levels, level).text, "DEBUG");
    assert_false(option_value_choice(option_value_log_levels, BYTES_LITERAL("debug4"), &level));
    assert_false(option_value_choice(option_value_log_levels, BYTES_NONE, &level));
    assert_string_equal(option_value_choice_text(option_value_log_levels, 99).text, "99");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_have_units),
        cmocka_unit_test(sizes_have_units),
        cmocka_unit_test(services_have_names_and_numbers),
        cmocka_unit_test(escape_characters_may_be_control_characters),
        cmocka_unit_test(startups_are_one_or_three_numbers),
        cmocka_unit_test(ports_are_from_1_to_65535),
        cmocka_unit_test(the_first_of_several_names_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
