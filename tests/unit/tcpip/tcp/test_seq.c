/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/seq.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void order_goes_on_over_zero(void **state)
{
    (void)state;
    for (uint32_t base = 0xfffffff0u; base != 0x10; base++) {
        assert_true(seq_before(base, base + 1) && !seq_before(base + 1, base));
        assert_true(seq_after(base + 1, base) && !seq_after(base, base + 1));
        assert_true(seq_before(base, base + INT32_MAX));
        assert_false(seq_before(base, base) || seq_after(base, base));
        assert_true(seq_until(base, base) && seq_until(base, base + 1));
        assert_false(seq_until(base + 1, base));
        assert_int_equal(seq_earlier(base, base + 5), base);
        assert_int_equal(seq_earlier(base + 5, base), base);
        assert_int_equal(seq_later(base, base + 5), base + 5);
        assert_int_equal(seq_later(base + 5, base), base + 5);
        assert_int_equal(seq_count(base, base + 40), 40);
        assert_int_equal(seq_range_len((struct tcp_range){ base, base + 3 }), 3);
    }
}

static void a_range_has_its_beginning_and_not_its_end(void **state)
{
    (void)state;
    for (uint32_t base = 0xfffffff0u; base != 0x10; base++) {
        assert_true(seq_in(base, base, base + 8) && seq_in(base + 7, base, base + 8));
        assert_false(seq_in(base + 8, base, base + 8) || seq_in(base - 1, base, base + 8));
        assert_false(seq_in(base, base, base));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_goes_on_over_zero),
        cmocka_unit_test(a_range_has_its_beginning_and_not_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
