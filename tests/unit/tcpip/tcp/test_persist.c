/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/persist.h"

#include "unit/tcpip/dice.h"

enum { TIMEOUT_US = 300 * 1000 };

/* SHLD-29, SHLD-30 */
static void probes_come_after_a_timeout_and_then_ever_less_often(void **state)
{
    (void)state;
    struct persist p;
    persist_init(&p);
    assert_int_equal(persist_deadline(&p).us, INSTANT_NEVER.us);
    persist_begin(&p, TIMEOUT_US, at_ms(0));
    persist_begin(&p, TIMEOUT_US, at_ms(200)); /* it runs already */
    int64_t at = 300, wait = 300;
    for (int i = 0; i < 300; i++) {
        assert_int_equal(persist_deadline(&p).us, at_ms(at).us);
        assert_false(persist_expire(&p, TIMEOUT_US, at_ms(at - 1)));
        assert_true(persist_expire(&p, TIMEOUT_US, at_ms(at)));
        wait = 2 * wait < PERSIST_MAX_MS ? 2 * wait : PERSIST_MAX_MS;
        at += wait;
    }
    assert_int_equal(persist_deadline(&p).us, at_ms(at).us);
    persist_end(&p);
    assert_int_equal(persist_deadline(&p).us, INSTANT_NEVER.us);
    assert_false(persist_expire(&p, TIMEOUT_US, at_ms(at)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probes_come_after_a_timeout_and_then_ever_less_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
