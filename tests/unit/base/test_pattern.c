/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bool matches(const char *text, const char *pattern)
{
    return pattern_match(bytes_text(text), bytes_text(pattern));
}

static void wildcards_stand_for_octets(void **state)
{
    (void)state;
    assert_true(matches("", ""));
    assert_true(matches("", "*"));
    assert_false(matches("", "?"));
    assert_true(matches("host", "h?s*"));
    assert_true(matches("a.b.example.org", "*.example.org"));
    assert_false(matches("example.org", "*.example.org"));
    assert_true(matches("abcbc", "*bc"));
    assert_false(matches("abcbd", "*bc"));
    assert_false(matches("Host", "host"));
    assert_true(pattern_match_host(bytes_text("Host"), bytes_text("hOST")));
}

static void a_negated_match_refuses(void **state)
{
    (void)state;
    struct bytes list = BYTES_LITERAL("*.org, !bad.org,good.com");
    assert_int_equal(pattern_list(BYTES_LITERAL("a.org"), list), PATTERN_MATCH);
    assert_int_equal(pattern_list(BYTES_LITERAL("bad.org"), list), PATTERN_REFUSED);
    assert_int_equal(pattern_list(BYTES_LITERAL("a.com"), list), PATTERN_NO_MATCH);
    assert_int_equal(pattern_list(BYTES_LITERAL("a"), BYTES_NONE), PATTERN_NO_MATCH);
}

static void many_stars_take_bounded_time(void **state)
{
    (void)state;
    char text[4096], pattern[4096];
    memset(text, 'a', sizeof(text));
    for (size_t i = 0; i + 1 < sizeof(pattern); i += 2)
        memcpy(pattern + i, "*a", 2);
    pattern[sizeof(pattern) - 1] = 'b';
    assert_false(pattern_match(bytes_of(text, sizeof(text)), bytes_of(pattern, sizeof(pattern))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wildcards_stand_for_octets),
        cmocka_unit_test(a_negated_match_refuses),
        cmocka_unit_test(many_stars_take_bounded_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
