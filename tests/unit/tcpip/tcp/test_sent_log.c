/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/sent_log.h"

#include "unit/tcpip/dice.h"

enum { MSS = 1000, BASE = 10000 };

/* Segment n is [BASE + n * MSS, BASE + (n + 1) * MSS); times are in milliseconds. */
struct bench {
    struct sent_log log;
    struct sent_log_block block;
    struct sent_log_result result;
};

static uint32_t seg(uint32_t number)
{
    return BASE + number * MSS;
}

static void set_up(struct bench *b, bool has_sack)
{
    sent_log_init(&b->log, BASE);
    sent_log_configure(&b->log, MSS, has_sack);
    sent_log_lend_block(&b->log, &b->block);
}

static void send(struct bench *b, uint32_t first, uint32_t last, int64_t ms)
{
    for (uint32_t i = first; i <= last; i++)
        sent_log_sent(&b->log, seg(i), seg(i + 1), at_ms(ms));
}

/* An ACK of all before segment `ack`, that sacks [from, to) and [from2, to2), if those are not 0. */
static void acked_2(struct bench *b, uint32_t ack, uint32_t from, uint32_t to, uint32_t from2,
                    uint32_t to2, int64_t ms)
{
    const struct tcp_range sacks[] = { { seg(from), seg(to) }, { seg(from2), seg(to2) } };
    struct sent_log_ack a = {
        .ack = seg(ack),
        .sacks = sacks,
        .sack_count = (size_t)(to > 0) + (to2 > 0),
        .may_be_duplicate = seg(ack) == b->log.begin,
        .echo_at = INSTANT_NEVER,
    };
    sent_log_acked(&b->log, &a, at_ms(ms), &b->result);
}

static void acked(struct bench *b, uint32_t ack, uint32_t from, uint32_t to, int64_t ms)
{
    acked_2(b, ack, from, to, 0, 0, ms);
}

/* An ACK without SACK that echoes what was sent at `echo`. */
static void acked_echo(struct bench *b, uint32_t ack, int64_t echo, int64_t ms)
{
    struct sent_log_ack a = { .ack = seg(ack), .echo_at = at_ms(echo) };
    sent_log_acked(&b->log, &a, at_ms(ms), &b->result);
}

/* One segment was sent and acknowledged, in `ms`: the round trip is known. */
static void set_up_measured(struct bench *b, bool has_sack, int64_t ms)
{
    set_up(b, has_sack);
    sent_log_sent(&b->log, BASE, BASE + 1, at_ms(0));
    struct sent_log_ack a = { .ack = BASE + 1, .echo_at = INSTANT_NEVER };
    sent_log_acked(&b->log, &a, at_ms(ms), &b->result);
    sent_log_sent(&b->log, BASE + 1, BASE + MSS, at_ms(ms));
    a.ack = BASE + MSS;
    sent_log_acked(&b->log, &a, at_ms(2 * ms), &b->result);
    assert_true(sent_log_is_empty(&b->log));
}

static enum sent_log_expiry expire(struct bench *b, int64_t ms)
{
    return sent_log_expire(&b->log, at_ms(ms), &b->result);
}

static void assert_next(struct bench *b, uint32_t number)
{
    struct tcp_range range;
    assert_true(sent_log_next_lost(&b->log, MSS, true, &range));
    assert_int_equal(range.begin, seg(number));
    assert_int_equal(range.end, seg(number + 1));
}

static void assert_no_next(struct bench *b)
{
    struct tcp_range range;
    assert_false(sent_log_next_lost(&b->log, MSS, true, &range));
}

/* ---- without loss ---- */

static void an_ack_delivers_and_measures(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b, true);
    assert_int_equal(sent_log_deadline(&b.log).us, INSTANT_NEVER.us);
    send(&b, 0, 3, 100);
    assert_int_equal(sent_log_in_flight(&b.log), 4 * MSS);
    assert_int_equal(sent_log_deadline(&b.log).us, at_ms(1100).us);
    acked(&b, 2, 0, 0, 150);
    assert_int_equal(b.result.acked, 2 * MSS);
    assert_int_equal(b.result.delivered, 2 * MSS);
    assert_int_equal(b.result.in_flight_before, 4 * MSS);
    assert_int_equal(b.result.in_flight, 2 * MSS);
    assert_int_equal(b.result.round_trip_us, 50000);
    assert_int_equal(b.log.rto.smoothed_us, 50000);
    acked(&b, 4, 0, 0, 160);
    assert_true(sent_log_is_empty(&b.log));
    assert_int_equal(sent_log_deadline(&b.log).us, INSTANT_NEVER.us);
    assert_ptr_equal(sent_log_take_block(&b.log), &b.block);
    assert_null(sent_log_take_block(&b.log));
}

static void the_timer_starts_anew_with_each_progress(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b, false);
    send(&b, 0, 0, 0);
    send(&b, 1, 1, 500); /* rule 5.1: it runs already */
    assert_int_equal(sent_log_deadline(&b.log).us, at_ms(1000).us);
    acked(&b, 0, 0, 0, 700); /* no progress */
    assert_int_equal(sent_log_deadline(&b.log).us, at_ms(1000).us);
    acked(&b, 1, 0, 0, 800); /* rule 5.3; RTO is three round trips of 800 ms */
    assert_int_equal(sent_log_deadline(&b.log).us, at_ms(800 + 2400).us);
}

/* ---- loss by SACK ---- */

/* RFC 6675: the first of ten is lost. */
static void three_sacked_segments_make_the_first_lost(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    send(&b, 1, 10, 1000);
    acked(&b, 1, 2, 3, 1100);
    assert_int_equal(b.result.sacked, MSS);
    assert_int_equal(b.result.lost, 0);
    assert_int_equal(b.result.in_flight, 9 * MSS);
    acked(&b, 1, 2, 4, 1100);
    assert_int_equal(b.result.lost, 0);
    assert_no_next(&b);
    acked(&b, 1, 2, 5, 1100);
    assert_true(b.result.has_entered);
    assert_int_equal(b.result.recovery, SENT_LOG_RECOVERY);
    assert_int_equal(b.result.lost, MSS);
    assert_int_equal(b.result.in_flight, 6 * MSS);
    assert_next(&b, 1);
    sent_log_sent(&b.log, seg(1), seg(2), at_ms(1100));
    assert_int_equal(sent_log_in_flight(&b.log), 7 * MSS);
    assert_no_next(&b);
    acked(&b, 1, 2, 11, 1101);
    assert_int_equal(b.result.lost, 0);
    assert_false(b.result.has_entered);
    acked(&b, 11, 0, 0, 1200);
    assert_true(b.result.has_left);
    assert_int_equal(b.result.acked, 10 * MSS);
    assert_int_equal(b.result.delivered, MSS);
    assert_int_equal(b.result.recovery, SENT_LOG_OPEN);
    assert_true(sent_log_is_empty(&b.log));
}

static void several_holes_are_sent_again_in_order(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    send(&b, 1, 12, 1000);
    acked_2(&b, 1, 9, 13, 4, 7, 1100); /* 1 to 3, and 7 and 8 are missing */
    assert_int_equal(b.result.lost, 5 * MSS);
    static const uint32_t holes[] = { 1, 2, 3, 7, 8 };
    for (size_t i = 0; i < 5; i++) {
        assert_next(&b, holes[i]);
        sent_log_sent(&b.log, seg(holes[i]), seg(holes[i] + 1), at_ms(1100));
    }
    assert_no_next(&b);
    assert_int_equal(sent_log_in_flight(&b.log), 5 * MSS);
}

/* RFC 8985 section 3.3: a lost retransmission is found by what was sent after it. */
static void a_lost_retransmission_is_found(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    send(&b, 1, 6, 1000);
    acked(&b, 1, 2, 5, 1100);
    sent_log_sent(&b.log, seg(1), seg(2), at_ms(1100));
    send(&b, 7, 7, 1105);
    acked(&b, 1, 2, 7, 1110);
    assert_int_equal(b.result.lost, 0);
    acked(&b, 1, 2, 8, 1210);
    assert_int_equal(b.result.lost, MSS);
    assert_false(b.result.has_entered);
    assert_next(&b, 1);
}

/* New data that leaves in quick succession is one range, with the time of the first. */
static void new_data_behind_a_retransmission_is_not_lost_with_it(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 64);
    send(&b, 1, 8, 200);
    acked_2(&b, 1, 5, 9, 2, 4, 264); /* 1 and 4 are missing */
    send(&b, 9, 9, 264);
    sent_log_sent(&b.log, seg(1), seg(2), at_ms(265));
    send(&b, 10, 11, 265);
    acked_2(&b, 1, 5, 10, 2, 4, 328);
    acked(&b, 4, 5, 10, 329);
    assert_int_equal(b.result.recovery, SENT_LOG_RECOVERY);
    assert_int_equal(b.result.lost, 0);
    assert_next(&b, 4);
}

/* ---- reordering ---- */

static void one_segment_late_is_waited_for(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    send(&b, 1, 2, 1000);
    acked(&b, 1, 2, 3, 1100); /* a quarter of 100 ms and a tick are left */
    assert_int_equal(b.result.lost, 0);
    assert_int_equal(sent_log_deadline(&b.log).us, at_ms(1126).us);
    assert_int_equal(expire(&b, 1125), SENT_LOG_NOTHING);
    acked(&b, 3, 0, 0, 1125);
    assert_true(b.log.window.is_reordering);
    assert_false(b.result.has_entered);
}

static void what_does_not_come_in_that_time_is_lost(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    send(&b, 1, 2, 1000);
    acked(&b, 1, 2, 3, 1100);
    assert_int_equal(expire(&b, 1126), SENT_LOG_LOST);
    assert_true(b.result.has_entered);
    assert_int_equal(b.result.lost, MSS);
    assert_int_equal(b.result.in_flight_before, MSS);
    assert_int_equal(b.result.in_flight, 0);
    assert_next(&b, 1);
}

static void on_a_path_that_reorders_three_segments_prove_nothing(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    send(&b, 1, 2, 1000);
    acked(&b, 1, 2, 3, 1100);
    acked(&b, 3, 0, 0, 1105); /* reordered */
    send(&b, 3, 10, 2000);
    acked(&b, 3, 4, 11, 2100);
    assert_int_equal(b.result.lost, 0);
    assert_int_equal(expire(&b, 2126), SENT_LOG_LOST);
    assert_int_equal(b.result.lost, MSS);
}

/* What one batch sends has one time: the numbers tell the order. */
static void with_a_coarse_clock_sequence_numbers_break_ties(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    sent_log_sent(&b.log, seg(1), seg(40), at_ms(1000)); /* one large frame */
    acked(&b, 1, 5, 9, 1100);
    assert_int_equal(b.result.lost, 4 * MSS); /* 1 to 4, and nothing behind */
    assert_int_equal(b.result.in_flight, 31 * MSS);
}

/* ---- tail loss probe ---- */

static void a_silent_tail_is_probed_after_two_round_trips(void **state)
{
    (void)state;
    struct bench b;
    struct tcp_range range;
    set_up_measured(&b, true, 100);
    send(&b, 1, 4, 1000);
    assert_int_equal(sent_log_deadline(&b.log).us, at_ms(1202).us);
    assert_int_equal(expire(&b, 1201), SENT_LOG_NOTHING);
    assert_int_equal(expire(&b, 1202), SENT_LOG_PROBE);
    assert_false(sent_log_probe(&b.log, true, &range)); /* new data does */
    assert_true(sent_log_probe(&b.log, false, &range));
    assert_int_equal(range.begin, seg(4));
    sent_log_sent(&b.log, range.begin, range.end, at_ms(1202));
    assert_int_equal(sent_log_in_flight(&b.log), 4 * MSS);
    /* The timer follows; there is one probe only. */
    assert_int_equal(sent_log_deadline(&b.log).us, at_ms(1202).us + rto_us(&b.log.rto));
}

static void a_single_segment_waits_for_a_delayed_ack(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    send(&b, 1, 1, 1000);
    /* 2 * 100 + 2 + 200 ms would be later than the timeout. */
    assert_int_equal(sent_log_deadline(&b.log).us, at_ms(1000).us + rto_us(&b.log.rto));
}

static void probe(struct bench *b)
{
    struct tcp_range range;
    set_up_measured(b, true, 100);
    send(b, 1, 4, 1000);
    assert_int_equal(expire(b, 1202), SENT_LOG_PROBE);
    assert_true(sent_log_probe(&b->log, false, &range));
    sent_log_sent(&b->log, range.begin, range.end, at_ms(1202));
}

/* Sections 3.4 and 7.4: the tail of two is lost. */
static void the_probe_shows_what_was_lost_before_it(void **state)
{
    (void)state;
    struct bench b;
    probe(&b);
    acked(&b, 3, 4, 5, 1302);
    assert_true(b.result.has_entered);
    assert_int_equal(b.result.lost, MSS);
    assert_next(&b, 3);
}

static void a_loss_that_the_probe_repaired_is_answered(void **state)
{
    (void)state;
    struct bench b;
    probe(&b);
    acked(&b, 5, 0, 0, 1302);
    assert_false(b.result.probe_repaired); /* it may be the original's */
    send(&b, 5, 5, 1303);
    acked(&b, 6, 0, 0, 1403);
    assert_true(b.result.probe_repaired);
}

static void a_probe_that_came_twice_is_no_loss(void **state)
{
    (void)state;
    struct bench b;
    probe(&b);
    acked(&b, 5, 0, 0, 1210);
    acked(&b, 5, 4, 5, 1302); /* D-SACK */
    assert_int_equal(b.result.duplicate.begin, seg(4));
    send(&b, 5, 5, 1303);
    acked(&b, 6, 0, 0, 1403);
    assert_false(b.result.probe_repaired);

    probe(&b);
    acked(&b, 5, 0, 0, 1210);
    acked(&b, 5, 0, 0, 1302); /* a duplicate ACK without SACK (section 7.4.2 case 3) */
    send(&b, 5, 5, 1303);
    acked(&b, 6, 0, 0, 1403);
    assert_false(b.result.probe_repaired);
}

static void new_data_as_a_probe_needs_no_answer(void **state)
{
    (void)state;
    struct bench b;
    struct tcp_range range;
    set_up_measured(&b, true, 100);
    send(&b, 1, 4, 1000);
    assert_int_equal(expire(&b, 1202), SENT_LOG_PROBE);
    assert_false(sent_log_probe(&b.log, true, &range));
    send(&b, 5, 5, 1202);
    acked(&b, 6, 0, 0, 1302);
    assert_false(b.result.probe_repaired);
    send(&b, 6, 8, 1302);
    assert_true(sent_log_deadline(&b.log).us < at_ms(1302).us + rto_us(&b.log.rto));
}

static void a_probe_that_was_never_sent_blocks_nothing(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    send(&b, 1, 4, 1000);
    assert_int_equal(expire(&b, 1202), SENT_LOG_PROBE);
    assert_int_equal(sent_log_deadline(&b.log).us, at_ms(1202).us + rto_us(&b.log.rto));
    acked(&b, 3, 0, 0, 1210);
    assert_true(sent_log_deadline(&b.log).us < at_ms(1210).us + rto_us(&b.log.rto));
}

/* ---- timeouts ---- */

static void a_timeout_takes_all_for_lost_and_backs_off(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b, false);
    send(&b, 0, 4, 0);
    assert_int_equal(expire(&b, 999), SENT_LOG_NOTHING);
    assert_int_equal(expire(&b, 1000), SENT_LOG_TIMEOUT);
    assert_true(b.result.has_entered);
    assert_int_equal(b.result.recovery, SENT_LOG_LOSS);
    assert_int_equal(b.result.lost, 5 * MSS);
    assert_int_equal(b.result.in_flight, 0);
    assert_int_equal(sent_log_timeouts(&b.log), 1);
    assert_next(&b, 0);
    sent_log_sent(&b.log, seg(0), seg(1), at_ms(1000));
    assert_int_equal(sent_log_deadline(&b.log).us, at_ms(3000).us);
    assert_int_equal(expire(&b, 3000), SENT_LOG_TIMEOUT);
    assert_false(b.result.has_entered);
    assert_int_equal(sent_log_timeouts(&b.log), 2);
    sent_log_sent(&b.log, seg(0), seg(1), at_ms(3000));
    acked(&b, 1, 0, 0, 3100);
    /* Karn: no sample, and the back-off stays (RFC 6298 section 3). */
    assert_int_equal(b.result.round_trip_us, 0);
    assert_int_equal(rto_us(&b.log.rto), 4000000);
    assert_int_equal(sent_log_timeouts(&b.log), 0);
}

/* Of what was sacked nothing is sent again, unless the peer has dropped it (RFC 2018 section 8). */
static void after_a_timeout_sacks_count_unless_they_were_taken_back(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    send(&b, 1, 4, 1000);
    acked(&b, 1, 2, 4, 1100);
    assert_int_equal(expire(&b, 1127), SENT_LOG_LOST);
    assert_int_equal(expire(&b, 5000), SENT_LOG_TIMEOUT);
    assert_int_equal(b.log.ranges.lost, 2 * MSS);
    sent_log_sent(&b.log, seg(1), seg(2), at_ms(5000));
    acked(&b, 2, 0, 0, 5100); /* it should have been 4 */
    assert_int_equal(b.log.ranges.sacked, 2 * MSS);
    assert_int_equal(expire(&b, 20000), SENT_LOG_TIMEOUT);
    assert_int_equal(b.log.ranges.sacked, 0);
    assert_int_equal(b.log.ranges.lost, 3 * MSS);
}

/* ---- what was needless ---- */

static void lose_first_of_six(struct bench *b)
{
    set_up_measured(b, true, 100);
    send(b, 1, 6, 1000);
    acked(b, 1, 2, 7, 1100);
    assert_true(b->result.has_entered);
    sent_log_sent(&b->log, seg(1), seg(2), at_ms(1100));
}

/* RFC 2883 section 4.1.1 and RFC 3708: the segment was late, not lost. */
static void a_duplicate_report_undoes_recovery(void **state)
{
    (void)state;
    struct bench b;
    lose_first_of_six(&b);
    acked(&b, 7, 0, 0, 1105);
    assert_true(b.result.has_left);
    assert_false(b.result.was_needless);
    acked(&b, 7, 1, 2, 1200);
    assert_true(b.result.was_needless);
    assert_int_equal(b.log.window.quarters, 2); /* and the wait is longer from now on */
    acked(&b, 7, 1, 2, 1201);
    assert_false(b.result.was_needless); /* once */
}

static void duplicates_of_what_was_sent_once_say_nothing(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    send(&b, 1, 3, 1000);
    acked(&b, 4, 0, 0, 1100);
    acked(&b, 4, 2, 3, 1101);
    assert_int_equal(b.result.duplicate.begin, seg(2));
    assert_false(b.result.was_needless);
    assert_int_equal(b.log.window.quarters, 1);
}

/* RFC 2883 section 4.2.1: within the second block. */
static void a_duplicate_above_the_ack_is_one_too(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    send(&b, 1, 8, 1000);
    acked_2(&b, 1, 5, 6, 4, 7, 1100);
    assert_int_equal(b.result.duplicate.begin, seg(5));
    assert_int_equal(b.result.sacked, 3 * MSS);
}

static void an_old_timestamp_undoes_recovery(void **state)
{
    (void)state;
    struct bench b;
    lose_first_of_six(&b);
    acked_echo(&b, 7, 1000, 1105);
    assert_true(b.result.was_needless);
    assert_true(b.result.has_left);
    lose_first_of_six(&b);
    acked_echo(&b, 7, 1100, 1200);
    assert_false(b.result.was_needless);
    assert_true(b.result.has_left);
}

static void time_out_five(struct bench *b)
{
    set_up_measured(b, true, 100);
    send(b, 1, 5, 1000);
    assert_int_equal(expire(b, 1202), SENT_LOG_PROBE); /* which is lost too */
    int64_t ms = sent_log_deadline(&b->log).us / 1000 + 1;
    assert_int_equal(expire(b, ms), SENT_LOG_TIMEOUT);
    sent_log_sent(&b->log, seg(1), seg(2), at_ms(ms));
}

/* RFC 5682 section 3.1: the path was slow. */
static void new_data_shows_that_a_timeout_was_needless(void **state)
{
    (void)state;
    struct bench b;
    time_out_five(&b);
    acked(&b, 2, 0, 0, 3000);
    assert_false(b.result.was_needless);
    assert_no_next(&b); /* new data first */
    send(&b, 6, 7, 3000);
    acked(&b, 3, 0, 0, 3001);
    assert_true(b.result.was_needless);
    assert_true(b.result.has_left);
    assert_int_equal(b.log.ranges.lost, 0);
    assert_int_equal(b.result.in_flight, 5 * MSS);
    assert_int_equal(b.log.rto.back_offs, 0);
}

static void new_data_shows_that_a_timeout_was_right(void **state)
{
    (void)state;
    struct bench b;
    time_out_five(&b);
    acked(&b, 2, 0, 0, 3000);
    send(&b, 6, 7, 3000);
    acked(&b, 2, 6, 7, 3100);
    assert_false(b.result.was_needless);
    assert_next(&b, 2);
}

static void without_new_data_lost_data_is_sent(void **state)
{
    (void)state;
    struct bench b;
    struct tcp_range range;
    time_out_five(&b);
    acked(&b, 2, 0, 0, 3000);
    assert_true(sent_log_next_lost(&b.log, MSS, false, &range));
    assert_int_equal(range.begin, seg(2));
    sent_log_sent(&b.log, range.begin, range.end, at_ms(3000));
    assert_next(&b, 3);
    acked(&b, 6, 0, 0, 3100); /* F-RTO is over: this proves nothing */
    assert_false(b.result.was_needless);
}

static void an_old_timestamp_undoes_a_timeout_at_once(void **state)
{
    (void)state;
    struct bench b;
    time_out_five(&b);
    acked_echo(&b, 2, 1000, 3000);
    assert_true(b.result.was_needless);
    assert_int_equal(b.log.ranges.lost, 0);
}

/* ---- without SACK ---- */

static void three_duplicate_acks_make_the_first_lost(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, false, 100);
    send(&b, 1, 8, 1000);
    acked(&b, 1, 0, 0, 1100);
    acked(&b, 1, 0, 0, 1100);
    assert_int_equal(b.result.delivered, MSS);
    assert_int_equal(b.result.in_flight, 6 * MSS);
    assert_no_next(&b);
    acked(&b, 1, 0, 0, 1100);
    assert_true(b.result.has_entered);
    assert_int_equal(b.result.in_flight, 4 * MSS);
    assert_next(&b, 1);
    sent_log_sent(&b.log, seg(1), seg(2), at_ms(1100));
    /* RFC 6582: a partial ACK shows the next hole, and three segments have arrived before. */
    acked(&b, 4, 0, 0, 1200);
    assert_false(b.result.has_left);
    assert_int_equal(b.result.lost, MSS);
    assert_next(&b, 4);
    sent_log_sent(&b.log, seg(4), seg(5), at_ms(1200));
    acked(&b, 9, 0, 0, 1300);
    assert_true(b.result.has_left);
    assert_int_equal(b.log.duplicates, 0);
}

static void what_is_no_duplicate_ack_does_not_count(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, false, 100);
    send(&b, 1, 8, 1000);
    for (int i = 0; i < 9; i++) {
        struct sent_log_ack a = { .ack = seg(1), .echo_at = INSTANT_NEVER };
        sent_log_acked(&b.log, &a, at_ms(1100), &b.result);
    }
    assert_int_equal(b.result.in_flight, 8 * MSS);
}

static void after_a_timeout_partial_acks_send_nothing_twice(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b, false);
    send(&b, 0, 5, 0);
    assert_int_equal(expire(&b, 1000), SENT_LOG_TIMEOUT);
    sent_log_sent(&b.log, seg(0), seg(1), at_ms(1000));
    acked(&b, 1, 0, 0, 1100);
    struct tcp_range range;
    assert_true(sent_log_next_lost(&b.log, MSS, false, &range));
    assert_int_equal(range.begin, seg(1));
    sent_log_sent(&b.log, seg(1), seg(2), at_ms(1100));
    sent_log_sent(&b.log, seg(2), seg(3), at_ms(1100));
    acked(&b, 2, 0, 0, 1200);
    assert_int_equal(b.result.lost, 0);
    assert_next(&b, 3);
}

/* ---- without a block ---- */

static void without_a_block_it_still_gets_everything_through(void **state)
{
    (void)state;
    struct bench b;
    struct tcp_range range;
    sent_log_init(&b.log, BASE);
    sent_log_configure(&b.log, MSS, true);
    assert_false(sent_log_wants_block(&b.log));
    send(&b, 0, 9, 0);
    assert_true(sent_log_wants_block(&b.log));
    for (int i = 0; i < 3; i++)
        acked(&b, 0, 1, 2 + (uint32_t)i, 100);
    assert_true(b.result.has_entered);
    int64_t ms = 100;
    for (int turn = 0; turn < 100 && !sent_log_is_empty(&b.log); turn++) {
        if (!sent_log_next_lost(&b.log, MSS, false, &range)) {
            ms = sent_log_deadline(&b.log).us / 1000;
            (void)expire(&b, ms);
            continue;
        }
        sent_log_sent(&b.log, range.begin, range.end, at_ms(ms));
        acked(&b, (range.end - BASE) / MSS, 0, 0, ms += 10);
    }
    assert_true(sent_log_is_empty(&b.log));
    assert_null(sent_log_take_block(&b.log));
}

/* ---- hostile ---- */

static void sacks_of_what_was_not_sent_are_ignored(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    send(&b, 1, 8, 1000);
    acked(&b, 1, 8, 10, 1100);
    assert_int_equal(b.result.sacked, 0);
    acked(&b, 1, 5, 5, 1100);
    assert_int_equal(b.result.sacked, 0);
    acked(&b, 1, 1, 9, 1100); /* what begins at the ACK would be acknowledged */
    assert_int_equal(b.result.sacked, 0);
    acked_2(&b, 1, 6, 3, 3, 1, 1100);
    assert_int_equal(b.result.sacked, 0);
    acked(&b, 10, 0, 0, 1100); /* an ACK of it */
    assert_int_equal(b.result.acked, 0);
    acked(&b, 0, 2, 4, 1100); /* an old ACK */
    assert_int_equal(b.result.sacked, 0);
    assert_int_equal(b.result.in_flight, 8 * MSS);
}

static void after_a_smaller_path_all_is_sent_again_without_recovery(void **state)
{
    (void)state;
    struct bench b;
    set_up_measured(&b, true, 100);
    send(&b, 1, 4, 1000);
    sent_log_resend_all(&b.log);
    assert_next(&b, 1);
    assert_int_equal(sent_log_in_flight(&b.log), 0);
    assert_int_equal(b.log.recovery, SENT_LOG_OPEN);
}

static void check_sums(const struct sent_log *log, const struct sent_log_result *r)
{
    uint32_t whole = seq_count(log->begin, log->end);
    assert_true((uint64_t)log->ranges.sacked + log->ranges.lost <= whole);
    assert_true(sent_log_in_flight(log) <= whole);
    assert_true(r->delivered <= seq_count(r->begin, r->end) + r->acked);
    assert_int_equal(r->begin, log->begin);
    assert_true(whole == 0 || sent_log_deadline(log).us != INSTANT_NEVER.us);
}

static void attack(struct bench *b, uint64_t *dice, int64_t us)
{
    uint32_t whole = seq_count(b->log.begin, b->log.end) + 20;
    struct tcp_range sacks[4];
    for (size_t i = 0; i < 4; i++) {
        sacks[i].begin = b->log.begin + dice_roll(dice, whole) - 10;
        sacks[i].end = dice_roll(dice, 16) ? sacks[i].begin + dice_roll(dice, 3000)
                                           : (uint32_t)dice_next(dice);
    }
    uint32_t ack = b->log.begin;
    if (dice_roll(dice, 8) == 0)
        ack += dice_roll(dice, whole / 2 + 1) - 5;
    struct sent_log_ack a = {
        .ack = dice_roll(dice, 100) ? ack : (uint32_t)dice_next(dice),
        .sacks = sacks,
        .sack_count = dice_roll(dice, 5),
        .may_be_duplicate = dice_roll(dice, 2),
        .echo_at = dice_roll(dice, 2) ? INSTANT_NEVER : at_us(us - dice_roll(dice, 100000)),
    };
    sent_log_acked(&b->log, &a, at_us(us), &b->result);
}

static void resend(struct bench *b, uint64_t *dice, int64_t us)
{
    struct tcp_range range;
    if (!sent_log_next_lost(&b->log, 1 + dice_roll(dice, 3000), dice_roll(dice, 2), &range))
        return;
    assert_true(seq_before(range.begin, range.end));
    sent_log_sent(&b->log, range.begin, range.end, at_us(us));
}

static void step(struct bench *b, uint64_t *dice, int64_t us)
{
    uint32_t what = dice_roll(dice, 20);
    if (what < 6 && seq_count(b->log.begin, b->log.end) < 4000000) {
        uint32_t len = 1 + dice_roll(dice, 5000);
        sent_log_sent(&b->log, b->log.end, b->log.end + len, at_us(us));
    } else if (what < 14) {
        attack(b, dice, us);
    } else if (what < 19) {
        resend(b, dice, us);
    } else {
        struct tcp_range range;
        if (sent_log_expire(&b->log, at_us(us), &b->result) == SENT_LOG_PROBE &&
            sent_log_probe(&b->log, dice_roll(dice, 2), &range))
            sent_log_sent(&b->log, range.begin, range.end, at_us(us));
    }
    check_sums(&b->log, &b->result);
}

/* Anything may be acknowledged in any order, across the end of the sequence space. */
static void no_peer_brings_the_sums_out_of_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct bench b;
        uint64_t dice = seed;
        sent_log_init(&b.log, UINT32_MAX - 100000);
        sent_log_configure(&b.log, MSS, seed % 4 > 0);
        b.result = (struct sent_log_result){ .begin = b.log.begin, .end = b.log.end };
        int64_t us = 1000000;
        for (int i = 0; i < 25000; i++) {
            if (seed % 5 > 0 && sent_log_wants_block(&b.log))
                sent_log_lend_block(&b.log, &b.block);
            step(&b, &dice, us);
            (void)sent_log_take_block(&b.log);
            us += dice_roll(&dice, 50) ? dice_roll(&dice, 3000) : 500000;
        }
    }
}

static void the_loss_of_a_probe_of_the_path_begins_no_recovery(void **unused)
{
    (void)unused;
    for (int has_sack = 0; has_sack < 2; has_sack++) {
        struct bench b;
        set_up(&b, has_sack);
        send(&b, 0, 0, 0);
        acked(&b, 1, 0, 0, 10);
        /* The probe has two segments' octets. */
        sent_log_sent(&b.log, seg(1), seg(3), at_ms(20));
        sent_log_path_probe(&b.log, seg(1), seg(3));
        send(&b, 3, 8, 21);
        for (uint32_t i = 4; i <= 7; i++)
            acked(&b, 1, has_sack ? 3 : 0, has_sack ? i : 0, 30 + i);
        struct tcp_range lost;
        assert_true(sent_log_next_lost(&b.log, 10 * MSS, false, &lost));
        assert_int_equal(lost.begin, seg(1));
        assert_int_equal(lost.end, seg(3));
        assert_false(b.result.has_entered);
        assert_int_equal(b.result.recovery, SENT_LOG_OPEN);
        /* Once it was sent again it is data as any other. */
        sent_log_sent(&b.log, seg(1), seg(3), at_ms(40));
        assert_int_equal(seq_range_len(b.log.path_probe), 0);
        assert_false(sent_log_next_lost(&b.log, 10 * MSS, false, &lost));
    }
}

static void what_is_lost_beside_a_probe_of_the_path_counts(void **unused)
{
    (void)unused;
    struct bench b;
    set_up(&b, true);
    send(&b, 0, 0, 0);
    acked(&b, 1, 0, 0, 10);
    sent_log_sent(&b.log, seg(1), seg(3), at_ms(20));
    sent_log_path_probe(&b.log, seg(1), seg(3));
    send(&b, 3, 9, 21);
    acked(&b, 1, 4, 9, 35);
    assert_int_equal(b.result.lost, 3 * MSS);
    assert_true(b.result.has_entered);
    assert_int_equal(b.result.recovery, SENT_LOG_RECOVERY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ack_delivers_and_measures),
        cmocka_unit_test(the_timer_starts_anew_with_each_progress),
        cmocka_unit_test(three_sacked_segments_make_the_first_lost),
        cmocka_unit_test(several_holes_are_sent_again_in_order),
        cmocka_unit_test(a_lost_retransmission_is_found),
        cmocka_unit_test(new_data_behind_a_retransmission_is_not_lost_with_it),
        cmocka_unit_test(one_segment_late_is_waited_for),
        cmocka_unit_test(what_does_not_come_in_that_time_is_lost),
        cmocka_unit_test(on_a_path_that_reorders_three_segments_prove_nothing),
        cmocka_unit_test(with_a_coarse_clock_sequence_numbers_break_ties),
        cmocka_unit_test(a_silent_tail_is_probed_after_two_round_trips),
        cmocka_unit_test(a_single_segment_waits_for_a_delayed_ack),
        cmocka_unit_test(the_probe_shows_what_was_lost_before_it),
        cmocka_unit_test(a_loss_that_the_probe_repaired_is_answered),
        cmocka_unit_test(a_probe_that_came_twice_is_no_loss),
        cmocka_unit_test(new_data_as_a_probe_needs_no_answer),
        cmocka_unit_test(a_probe_that_was_never_sent_blocks_nothing),
        cmocka_unit_test(a_timeout_takes_all_for_lost_and_backs_off),
        cmocka_unit_test(after_a_timeout_sacks_count_unless_they_were_taken_back),
        cmocka_unit_test(a_duplicate_report_undoes_recovery),
        cmocka_unit_test(duplicates_of_what_was_sent_once_say_nothing),
        cmocka_unit_test(a_duplicate_above_the_ack_is_one_too),
        cmocka_unit_test(an_old_timestamp_undoes_recovery),
        cmocka_unit_test(new_data_shows_that_a_timeout_was_needless),
        cmocka_unit_test(new_data_shows_that_a_timeout_was_right),
        cmocka_unit_test(without_new_data_lost_data_is_sent),
        cmocka_unit_test(an_old_timestamp_undoes_a_timeout_at_once),
        cmocka_unit_test(three_duplicate_acks_make_the_first_lost),
        cmocka_unit_test(what_is_no_duplicate_ack_does_not_count),
        cmocka_unit_test(after_a_timeout_partial_acks_send_nothing_twice),
        cmocka_unit_test(without_a_block_it_still_gets_everything_through),
        cmocka_unit_test(sacks_of_what_was_not_sent_are_ignored),
        cmocka_unit_test(after_a_smaller_path_all_is_sent_again_without_recovery),
        cmocka_unit_test(no_peer_brings_the_sums_out_of_order),
        cmocka_unit_test(the_loss_of_a_probe_of_the_path_begins_no_recovery),
        cmocka_unit_test(what_is_lost_beside_a_probe_of_the_path_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
