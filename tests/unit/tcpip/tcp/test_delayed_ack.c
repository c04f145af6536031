/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/delayed_ack.h"

#include "unit/tcpip/dice.h"

enum { MSS = 1000 };

static void set_up(struct delayed_ack *d)
{
    delayed_ack_init(d);
    d->quick = 0;
}

static void every_second_full_segment_is_acknowledged_at_once(void **state)
{
    (void)state;
    struct delayed_ack d;
    set_up(&d);
    for (int i = 0; i < 5; i++) {
        delayed_ack_received(&d, MSS, MSS, at_ms(i));
        assert_false(delayed_ack_is_due(&d, at_ms(i)));
        delayed_ack_received(&d, MSS, MSS, at_ms(i));
        assert_true(delayed_ack_is_due(&d, at_ms(i)));
        delayed_ack_sent(&d);
        assert_false(delayed_ack_is_due(&d, at_ms(i)));
    }
}

/* One frame of many segments is as many. */
static void a_large_frame_is_acknowledged_at_once(void **state)
{
    (void)state;
    struct delayed_ack d;
    set_up(&d);
    delayed_ack_received(&d, 44 * MSS, MSS, at_ms(0));
    assert_true(delayed_ack_is_due(&d, at_ms(0)));
}

/* MUST-40 */
static void nothing_waits_longer_than_forty_milliseconds(void **state)
{
    (void)state;
    struct delayed_ack d;
    set_up(&d);
    assert_int_equal(delayed_ack_deadline(&d).us, INSTANT_NEVER.us);
    delayed_ack_received(&d, 10, MSS, at_ms(100));
    delayed_ack_received(&d, 10, MSS, at_ms(130)); /* the first counts */
    assert_int_equal(delayed_ack_deadline(&d).us, at_ms(140).us);
    assert_false(delayed_ack_is_due(&d, at_ms(139)));
    assert_true(delayed_ack_is_due(&d, at_ms(140)));
    delayed_ack_sent(&d);
    assert_int_equal(delayed_ack_deadline(&d).us, INSTANT_NEVER.us);
}

static void what_needs_an_answer_gets_it_at_once(void **state)
{
    (void)state;
    struct delayed_ack d;
    set_up(&d);
    delayed_ack_received(&d, 0, MSS, at_ms(0)); /* nothing came */
    assert_int_equal(delayed_ack_deadline(&d).us, INSTANT_NEVER.us);
    delayed_ack_demand(&d);
    assert_true(delayed_ack_is_due(&d, at_ms(0)));
}

static void a_beginning_is_not_delayed(void **state)
{
    (void)state;
    struct delayed_ack d;
    delayed_ack_init(&d);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < DELAYED_ACK_QUICK; i++) {
            delayed_ack_received(&d, 10, MSS, at_ms(0));
            assert_true(delayed_ack_is_due(&d, at_ms(0)));
            delayed_ack_sent(&d);
        }
        delayed_ack_received(&d, 10, MSS, at_ms(0));
        assert_false(delayed_ack_is_due(&d, at_ms(0)));
        delayed_ack_sent(&d);
        delayed_ack_hurry(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_second_full_segment_is_acknowledged_at_once),
        cmocka_unit_test(a_large_frame_is_acknowledged_at_once),
        cmocka_unit_test(nothing_waits_longer_than_forty_milliseconds),
        cmocka_unit_test(what_needs_an_answer_gets_it_at_once),
        cmocka_unit_test(a_beginning_is_not_delayed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
