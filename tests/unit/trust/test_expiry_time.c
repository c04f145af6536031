/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust/expiry_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void points_of_time_are_counted_from_1970(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t at;
        bool is_utc;
    } cases[] = {
        { "19700101", 0, false },
        { "19700101Z", 0, true },
        { "19691231235959Z", -1, true },
        { "200002291200", 951825600, false },
        { "20000301Z", 951868800, true },
        { "20260314150926Z", 1773500966, true },
        { "21000301", 4107542400, false },
        { "99991231235959Z", 253402300799, true },
        { "00010101Z", -62135596800, true },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t at = 1;
        bool is_utc = !cases[i].is_utc;
        assert_int_equal(expiry_time_parse(bytes_text(cases[i].text), &at, &is_utc), OK);
        assert_int_equal(at, cases[i].at);
        assert_int_equal(is_utc, cases[i].is_utc);
    }
}

static void what_is_no_date_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "Z",
        "2026",
        "202601",
        "2026010",
        "202601010",
        "2026010100",
        "20260101000",
        "2026010100000",
        "202601010000000",
        "20260101z",
        "20260101ZZ",
        "20261301",
        "20260001",
        "20260100",
        "20260132",
        "20260229",
        "21000229",
        "202601012400",
        "202601010060",
        "20260101000061",
        "-2026010",
        "2026 101",
        "00000101",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        int64_t at;
        bool is_utc;
        assert_int_equal(expiry_time_parse(bytes_text(texts[i]), &at, &is_utc), ERR_BAD_VALUE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_of_time_are_counted_from_1970),
        cmocka_unit_test(what_is_no_date_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
