/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/prr.h"

#include "unit/tcpip/dice.h"

enum { MSS = 1000 };

/* RFC 6937 section 3.1, figure 1: of 20 segments the first is lost, the threshold is 10, and limited
 * transmit has sent two. The third ACK and then every second one sends; by
 * octets that is one ACK later than by the segments of the figure. */
static void one_loss_shrinks_the_flight_evenly(void **state)
{
    (void)state;
    struct prr prr = { 0 };
    assert_false(prr_is_on(&prr));
    prr_begin(&prr, 20 * MSS, 0);
    uint32_t in_flight = 18 * MSS, total = 0;
    for (uint32_t ack = 3; ack <= 19; ack++) {
        uint32_t sent = prr_acked(&prr, MSS, in_flight, 10 * MSS, MSS, false) / MSS * MSS;
        if (ack < 18)
            assert_int_equal(sent, ack == 3 || (ack > 4 && ack % 2 == 0) ? MSS : 0);
        assert_true(sent <= 2 * MSS);
        prr_sent(&prr, sent);
        total += sent;
        in_flight += sent;
        in_flight -= ack < 19 ? MSS : 0; /* the next ACK delivers one */
    }
    assert_int_equal(in_flight, 10 * MSS);
    assert_int_equal(total, 8 * MSS);
    prr_end(&prr);
    assert_false(prr_is_on(&prr));
}

static void trace(bool is_safe, const uint32_t *in_flights, const uint32_t *sends)
{
    struct prr prr = { 0 };
    prr_begin(&prr, 20 * MSS, 0);
    uint32_t in_flight = 4 * MSS;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(in_flight, in_flights[i] * MSS);
        uint32_t sent = prr_acked(&prr, MSS, in_flight, 10 * MSS, MSS, is_safe);
        assert_int_equal(sent, sends[i] * MSS);
        prr_sent(&prr, sent);
        in_flight += sent - MSS;
    }
}

/* Figure 2: 15 of 20 are lost. PRR-CRB keeps the flight, PRR-SSRB makes it grow as slow start. */
static void many_losses_are_repaired_as_fast_as_acks_come(void **state)
{
    (void)state;
    static const uint32_t same[] = { 4, 4, 4 }, one[] = { 1, 1, 1 };
    static const uint32_t more[] = { 4, 5, 6 }, two[] = { 2, 2, 2 };
    trace(false, same, one);
    trace(true, more, two);
}

static void slow_start_ends_at_the_threshold(void **state)
{
    (void)state;
    struct prr prr = { 0 };
    prr_begin(&prr, 20 * MSS, 0);
    assert_int_equal(prr_acked(&prr, 9 * MSS, 8 * MSS, 10 * MSS, MSS, true), 2 * MSS);
    prr_sent(&prr, 2 * MSS);
    assert_int_equal(prr_acked(&prr, 9 * MSS, 10 * MSS, 10 * MSS, MSS, true), 0);
}

static void the_first_retransmission_is_never_held_back(void **state)
{
    (void)state;
    struct prr prr = { 0 };
    prr_begin(&prr, 20 * MSS, 0);
    assert_int_equal(prr_acked(&prr, 0, 15 * MSS, 10 * MSS, MSS, false), MSS);
    prr_sent(&prr, MSS);
    assert_int_equal(prr_acked(&prr, 0, 15 * MSS, 10 * MSS, MSS, false), 0);
}

/* Of 20 segments five had arrived, and nothing was sent for them, when the loss was seen. */
static void what_was_not_answered_yet_is_answered_in_part(void **state)
{
    (void)state;
    struct prr prr = { 0 };
    prr_begin(&prr, 15 * MSS, 5 * MSS);
    assert_int_equal(prr_acked(&prr, MSS, 13 * MSS, 10 * MSS, MSS, false), 3 * MSS);
    prr_begin(&prr, 5 * MSS, 15 * MSS);
    assert_int_equal(prr_acked(&prr, MSS, 3 * MSS, 10 * MSS, MSS, false), 7 * MSS);
}

/* Of 20 segments all but two were called lost, and turn out to be there. */
static void a_flight_that_was_called_lost_is_no_reason_to_send_more(void **state)
{
    (void)state;
    struct prr prr = { 0 };
    prr_begin(&prr, 2 * MSS, 0);
    assert_int_equal(prr_acked(&prr, 3 * MSS, 17 * MSS, 10 * MSS, MSS, true), 3 * MSS);
}

static void no_sum_overflows(void **state)
{
    (void)state;
    uint64_t dice = 1;
    for (int turn = 0; turn < 1000; turn++) {
        struct prr prr = { 0 };
        prr_begin(&prr, turn % 3 ? (uint32_t)dice_next(&dice) : 0, (uint32_t)dice_next(&dice));
        for (int i = 0; i < 20; i++) {
            uint32_t in_flight = (uint32_t)dice_next(&dice);
            uint32_t threshold = (uint32_t)dice_next(&dice);
            uint32_t sent = prr_acked(&prr, (uint32_t)dice_next(&dice), in_flight, threshold, MSS,
                                      dice_roll(&dice, 2));
            if (in_flight < threshold && sent != MSS)
                assert_true((uint64_t)in_flight + sent <= threshold);
            prr_sent(&prr, (uint32_t)dice_next(&dice));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_loss_shrinks_the_flight_evenly),
        cmocka_unit_test(many_losses_are_repaired_as_fast_as_acks_come),
        cmocka_unit_test(slow_start_ends_at_the_threshold),
        cmocka_unit_test(the_first_retransmission_is_never_held_back),
        cmocka_unit_test(what_was_not_answered_yet_is_answered_in_part),
        cmocka_unit_test(a_flight_that_was_called_lost_is_no_reason_to_send_more),
        cmocka_unit_test(no_sum_overflows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
