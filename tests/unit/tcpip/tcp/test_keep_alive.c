/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/keep_alive.h"

#include "unit/tcpip/dice.h"

enum { MINUTE = 60 * 1000 };

/* MUST-25 */
static void it_is_off_until_it_is_asked_for(void **state)
{
    (void)state;
    struct keep_alive k;
    keep_alive_init(&k, at_ms(0));
    assert_int_equal(keep_alive_deadline(&k).us, INSTANT_NEVER.us);
    assert_int_equal(keep_alive_expire(&k, at_ms(1000 * MINUTE)), KEEP_ALIVE_NOTHING);
}

static void a_silent_peer_is_asked_nine_times(void **state)
{
    (void)state;
    struct keep_alive k;
    keep_alive_init(&k, at_ms(0));
    keep_alive_set(&k, 10 * MINUTE, at_ms(0));
    keep_alive_heard(&k, at_ms(MINUTE));
    int64_t at = 11 * MINUTE;
    for (int i = 0; i < KEEP_ALIVE_PROBES; i++, at += KEEP_ALIVE_RETRY_MS) {
        assert_int_equal(keep_alive_deadline(&k).us, at_ms(at).us);
        assert_int_equal(keep_alive_expire(&k, at_ms(at - 1)), KEEP_ALIVE_NOTHING);
        assert_int_equal(keep_alive_expire(&k, at_ms(at)), KEEP_ALIVE_PROBE);
    }
    assert_int_equal(keep_alive_expire(&k, at_ms(at)), KEEP_ALIVE_DEAD);
}

/* MUST-29 */
static void an_answer_to_the_last_probe_is_enough(void **state)
{
    (void)state;
    struct keep_alive k;
    keep_alive_init(&k, at_ms(0));
    keep_alive_set(&k, MINUTE, at_ms(0)); /* shorter than the time between probes */
    for (int i = 1; i <= KEEP_ALIVE_PROBES; i++)
        assert_int_equal(keep_alive_expire(&k, at_ms(i * MINUTE)), KEEP_ALIVE_PROBE);
    keep_alive_heard(&k, at_ms(9 * MINUTE + 1));
    assert_int_equal(keep_alive_deadline(&k).us, at_ms(10 * MINUTE + 1).us);
    assert_int_equal(keep_alive_expire(&k, at_ms(10 * MINUTE + 1)), KEEP_ALIVE_PROBE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_off_until_it_is_asked_for),
        cmocka_unit_test(a_silent_peer_is_asked_nine_times),
        cmocka_unit_test(an_answer_to_the_last_probe_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
