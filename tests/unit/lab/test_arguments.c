/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/lab/arguments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct arguments a;

/* argv is not const, and is not written to. */
static enum err parse(int count, const char *const *words)
{
    char *copies[32];
    for (int i = 0; i < count; i++)
        copies[i] = (char *)(uintptr_t)words[i];
    return arguments_parse(count, copies, &a);
}

#define PARSE(...)                                                                       \
    parse((int)(sizeof((const char *[]){ "glassh-lab", __VA_ARGS__ }) / sizeof(char *)), \
          (const char *[]){ "glassh-lab", __VA_ARGS__ })

static void values_stand_behind_the_option_or_an_equals_sign(void **unused)
{
    (void)unused;
    assert_int_equal(PARSE("--seed", "7", "bulk", "--bytes=1000", "--html", "a", "--pcap=b"), OK);
    assert_int_equal(a.mode, ARGUMENTS_RUN);
    assert_string_equal(a.scenario, "bulk");
    assert_int_equal(a.options.seed, 7);
    assert_int_equal(a.options.bytes, 1000);
    assert_string_equal(a.html_file, "a");
    assert_string_equal(a.pcap_file, "b");
}

static void units_and_fractions_are_understood(void **unused)
{
    (void)unused;
    assert_int_equal(PARSE("plain", "--delay", "2.5ms", "--jitter", "0.001", "--loss", "1.5%",
                           "--reorder", "100", "--duplicate", "0.0001", "--rate", "10M", "--mtu",
                           "9000", "--ipv6"),
                     OK);
    assert_int_equal(a.options.delay_us, 2500);
    assert_int_equal(a.options.jitter_us, 1);
    assert_int_equal(a.options.loss, 15000);
    assert_int_equal(a.options.reorder, 1000000);
    assert_int_equal(a.options.duplicate, 1);
    assert_int_equal(a.options.rate, 10000000);
    assert_int_equal(a.options.mtu, 9000);
    assert_int_equal(a.options.version, 6);
    assert_int_equal(PARSE("plain", "--rate", "512k"), OK);
    assert_int_equal(a.options.rate, 512000);
}

static void numbers_that_are_none_or_too_large_are_refused(void **unused)
{
    (void)unused;
    static const char *const wrong[][2] = {
        { "--seed", "x" },       { "--seed", "" },          { "--seed", "18446744073709551616" },
        { "--bytes", "0" },      { "--bytes", "16777217" }, { "--delay", "1." },
        { "--delay", "10001" },  { "--delay", "-1" },       { "--loss", "100.1" },
        { "--loss", "1.23456" }, { "--loss", "%" },         { "--rate", "7999" },
        { "--rate", "M" },       { "--rate", "100001M" },   { "--mtu", "65536" },
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(PARSE("plain", wrong[i][0], wrong[i][1]), ERR_BAD_VALUE);
        assert_true(a.problem[0]);
    }
}

static void a_scenario_is_needed_unless_something_else_is_asked_for(void **unused)
{
    (void)unused;
    assert_int_equal(parse(1, (const char *[]){ "glassh-lab" }), ERR_BAD_VALUE);
    assert_string_equal(a.problem, "");
    assert_int_equal(PARSE("--help"), OK);
    assert_int_equal(a.mode, ARGUMENTS_HELP);
    assert_int_equal(PARSE("list"), OK);
    assert_int_equal(a.mode, ARGUMENTS_LIST);
    assert_int_equal(PARSE("ssh"), OK);
    assert_int_equal(a.mode, ARGUMENTS_SSH);
    assert_int_equal(PARSE("handshake"), OK);
    assert_string_equal(a.scenario, "plain");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_stand_behind_the_option_or_an_equals_sign),
        cmocka_unit_test(units_and_fractions_are_understood),
        cmocka_unit_test(numbers_that_are_none_or_too_large_are_refused),
        cmocka_unit_test(a_scenario_is_needed_unless_something_else_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
