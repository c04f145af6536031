/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/congestion.h"

#include "unit/tcpip/dice.h"

enum { MSS = 1000, BASE = 10000, ROUND_TRIP_MS = 100 };

/* A sender whose application always has data, and a peer that acknowledges what it is told to. */
struct sender {
    struct congestion c;
    struct sent_log log;
    struct sent_log_block block;
    struct sent_log_result result;
    int64_t ms;
};

static void set_up(struct sender *s, enum congestion_kind kind)
{
    s->ms = 1000;
    congestion_init(&s->c, kind, MSS, MSS);
    sent_log_init(&s->log, BASE);
    sent_log_configure(&s->log, MSS, true);
    sent_log_lend_block(&s->log, &s->block);
}

static uint32_t sent_octets(struct sender *s, uint32_t begin, uint32_t end)
{
    sent_log_sent(&s->log, begin, end, at_ms(s->ms));
    congestion_sent(&s->c, &s->log, end - begin);
    return end - begin;
}

/* Sends what the window allows, at most `max` octets; returns how many. */
static uint32_t send_up_to(struct sender *s, uint32_t max)
{
    uint32_t total = 0;
    struct tcp_range range;
    while (total < max && congestion_room(&s->c, &s->log) >= MSS) {
        if (sent_log_next_lost(&s->log, MSS, true, &range))
            total += sent_octets(s, range.begin, range.end);
        else
            total += sent_octets(s, s->log.end, s->log.end + MSS);
    }
    return total;
}

static uint32_t send_all(struct sender *s)
{
    return send_up_to(s, UINT32_MAX);
}

static void acked(struct sender *s, uint32_t ack, uint32_t sack_begin, uint32_t sack_end)
{
    const struct tcp_range sack = { sack_begin, sack_end };
    struct sent_log_ack a = {
        .ack = ack,
        .sacks = &sack,
        .sack_count = sack_begin != sack_end,
        .may_be_duplicate = ack == s->log.begin,
        .echo_at = INSTANT_NEVER,
    };
    sent_log_acked(&s->log, &a, at_ms(s->ms), &s->result);
    congestion_acked(&s->c, &s->result, s->log.rto.smoothed_us, at_ms(s->ms));
}

/* All in flight is acknowledged a round trip later, `step` octets at a time. */
static void ack_all(struct sender *s, uint32_t step)
{
    s->ms += ROUND_TRIP_MS;
    uint32_t end = s->log.end;
    while (s->log.begin != end) {
        uint32_t left = end - s->log.begin;
        acked(s, s->log.begin + (left < step ? left : step), 0, 0);
    }
}

static void rounds(struct sender *s, int count)
{
    for (int i = 0; i < count; i++) {
        (void)send_all(s);
        ack_all(s, 2 * MSS);
    }
}

/* ---- growth ---- */

/* RFC 6928 section 2 */
static void it_begins_with_ten_segments_or_what_that_means(void **state)
{
    (void)state;
    static const uint32_t windows[][2] = { { 536, 5360 },   { 1220, 12200 }, { 1460, 14600 },
                                           { 2000, 14600 }, { 8960, 17920 }, { 65483, 130966 } };
    struct congestion c;
    for (size_t i = 0; i < sizeof(windows) / sizeof(*windows); i++) {
        uint16_t mss = (uint16_t)windows[i][0];
        congestion_init(&c, CONGESTION_RENO, mss, mss);
        assert_int_equal(c.window, windows[i][1]);
        congestion_syn_was_lost(&c);
        assert_int_equal(c.window, mss);
    }
}

static void slow_start_doubles_the_window(void **state)
{
    (void)state;
    for (int kind = CONGESTION_CUBIC; kind <= CONGESTION_RENO; kind++) {
        struct sender s;
        set_up(&s, (enum congestion_kind)kind);
        rounds(&s, 1);
        assert_int_equal(s.c.window, 20 * MSS);
        rounds(&s, 3);
        assert_int_equal(s.c.window, 160 * MSS);
    }
}

/* Savage 1999: a thousand ACKs of an octet each are worth one of a thousand. */
static void many_acks_are_worth_no_more_than_one(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_RENO);
    (void)send_all(&s);
    ack_all(&s, 1);
    assert_int_equal(s.c.window, 20 * MSS);
}

/* RFC 3465: L; a link that sends large frames gets ACKs of such. */
static void one_ack_is_worth_no_burst(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_RENO);
    (void)send_all(&s);
    ack_all(&s, 10 * MSS);
    assert_int_equal(s.c.window, 12 * MSS);
    set_up(&s, CONGESTION_CUBIC);
    (void)send_all(&s);
    ack_all(&s, 10 * MSS);
    assert_int_equal(s.c.window, 18 * MSS);
    set_up(&s, CONGESTION_RENO);
    s.c.burst = 6 * MSS;
    rounds(&s, 2);
    (void)send_all(&s);
    ack_all(&s, 40 * MSS);
    assert_int_equal(s.c.window, (40 + 4 * 6) * MSS);
}

static void a_window_that_is_not_used_does_not_grow(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_CUBIC);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(send_up_to(&s, 3 * MSS), 3 * MSS);
        ack_all(&s, MSS);
    }
    assert_int_equal(s.c.window, 10 * MSS);
}

static void reno_adds_a_segment_for_each_window(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_RENO);
    s.c.threshold = s.c.window;
    rounds(&s, 5);
    assert_in_range(s.c.window, 14 * MSS, 15 * MSS);
}

static void hystart_ends_slow_start_before_a_queue_overflows(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_CUBIC);
    rounds(&s, 4);
    assert_true(s.c.is_beginning);
    for (int i = 0; i < 8 && s.c.is_beginning; i++) {
        (void)send_all(&s);
        s.ms += 30; /* a queue */
        ack_all(&s, 4 * MSS);
    }
    assert_false(s.c.is_beginning);
    assert_int_equal(s.c.threshold, s.c.window);
}

/* ---- loss ---- */

/* The first segment in flight is lost, the others are sacked one by one; what is sent meanwhile. */
static uint32_t lose_first(struct sender *s)
{
    (void)send_all(s);
    s->ms += ROUND_TRIP_MS;
    uint32_t first = s->log.begin, end = s->log.end, total = 0;
    for (uint32_t seq = first + 2 * MSS; seq_until(seq, end); seq += MSS) {
        acked(s, first, first + MSS, seq);
        total += send_all(s);
    }
    return total;
}

static void a_loss_halves_renos_window_and_takes_three_tenths_of_cubics(void **state)
{
    (void)state;
    static const struct {
        enum congestion_kind kind;
        uint32_t threshold;
    } kinds[] = { { CONGESTION_RENO, 20 * MSS }, { CONGESTION_CUBIC, 28 * MSS } };
    for (size_t i = 0; i < 2; i++) {
        struct sender s;
        set_up(&s, kinds[i].kind);
        rounds(&s, 2);
        uint32_t sent = lose_first(&s);
        assert_int_equal(s.c.threshold, kinds[i].threshold);
        assert_true(prr_is_on(&s.c.prr));
        /* Rate reduction: a share of what was delivered is sent, two by limited transmit. */
        assert_in_range(sent, kinds[i].threshold - 2 * MSS, kinds[i].threshold + 2 * MSS);
        assert_in_range(sent_log_in_flight(&s.log), kinds[i].threshold - 2 * MSS,
                        kinds[i].threshold);
        ack_all(&s, UINT32_MAX);
        assert_false(prr_is_on(&s.c.prr));
        assert_int_equal(s.c.window, kinds[i].threshold);
    }
}

static void a_flight_is_answered_once(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_RENO);
    rounds(&s, 2);
    (void)lose_first(&s);
    uint32_t threshold = s.c.threshold;
    assert_false(congestion_echoed(&s.c, &s.log));
    /* A second hole in the same flight. */
    acked(&s, s.log.begin, s.log.end - 2 * MSS, s.log.end);
    assert_int_equal(s.c.threshold, threshold);
}

static void an_idle_sender_is_answered_by_what_was_in_flight(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_RENO);
    rounds(&s, 3); /* 80 segments are allowed */
    (void)send_up_to(&s, 10 * MSS);
    s.ms += ROUND_TRIP_MS;
    acked(&s, s.log.begin, s.log.begin + MSS, s.log.end);
    assert_int_equal(s.c.threshold, 5 * MSS);
}

/* Most of a flight is acknowledged, and nothing was sent for it yet, when a loss is seen. */
static void what_was_not_answered_yet_counts_as_in_flight(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_CUBIC);
    rounds(&s, 3);
    (void)lose_first(&s);
    ack_all(&s, UINT32_MAX);
    uint32_t window = s.c.window;
    (void)send_all(&s);
    s.ms += ROUND_TRIP_MS;
    acked(&s, s.log.end - 8 * MSS, 0, 0);
    acked(&s, s.log.begin, s.log.begin + MSS, s.log.end);
    assert_true(s.result.has_entered);
    assert_in_range(s.c.threshold, window * 7 / 10, window * 7 / 10 + MSS);
    (void)send_all(&s);
    assert_in_range(sent_log_in_flight(&s.log), s.c.threshold - MSS, s.c.threshold);
}

/* The peer's window or the application holds it back: the flight it had counts, not the moment. */
static void a_sender_held_back_is_answered_by_what_it_used(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_CUBIC);
    rounds(&s, 3); /* 80 segments are allowed */
    for (int i = 0; i < 3; i++) {
        (void)send_up_to(&s, 20 * MSS);
        ack_all(&s, 2 * MSS);
    }
    (void)send_up_to(&s, 20 * MSS);
    s.ms += ROUND_TRIP_MS;
    acked(&s, s.log.begin + 12 * MSS, 0, 0);
    acked(&s, s.log.begin, s.log.begin + MSS, s.log.end);
    assert_int_equal(s.c.threshold, 14 * MSS);
}

static void expire(struct sender *s)
{
    for (int i = 0; i < 3; i++) {
        s->ms = sent_log_deadline(&s->log).us / 1000 + 1;
        enum sent_log_expiry expiry = sent_log_expire(&s->log, at_ms(s->ms), &s->result);
        congestion_expired(&s->c, expiry, &s->result);
        if (expiry == SENT_LOG_TIMEOUT)
            return;
    }
    fail();
}

static void a_timeout_leaves_one_segment(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_RENO);
    rounds(&s, 2);
    (void)send_all(&s);
    expire(&s);
    assert_int_equal(s.c.window, MSS);
    assert_int_equal(s.c.threshold, 20 * MSS);
    assert_int_equal(send_all(&s), MSS);
    expire(&s); /* of the same data: RFC 5681 equation 4 does not apply again */
    assert_int_equal(s.c.threshold, 20 * MSS);
    assert_int_equal(send_all(&s), MSS);
    ack_all(&s, UINT32_MAX);
    assert_int_equal(s.c.window, 3 * MSS); /* slow start, L = 2 */
}

static void what_was_needless_is_taken_back(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_CUBIC);
    rounds(&s, 2);
    uint32_t first = s.log.begin;
    (void)lose_first(&s);
    assert_true(s.c.threshold < 40 * MSS);
    ack_all(&s, UINT32_MAX);
    acked(&s, s.log.begin, first, first + MSS); /* D-SACK */
    assert_true(s.result.was_needless);
    assert_true(s.c.window >= 40 * MSS);
    assert_int_equal(s.c.threshold, UINT32_MAX);
}

static void a_probe_that_repaired_is_a_loss(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_RENO);
    rounds(&s, 1);
    struct sent_log_result result = { .acked = MSS,
                                      .delivered = MSS,
                                      .in_flight_before = 20 * MSS,
                                      .in_flight = 19 * MSS,
                                      .begin = BASE,
                                      .probe_repaired = true,
                                      .end = BASE + 19 * MSS };
    congestion_acked(&s.c, &result, 100000, at_ms(s.ms));
    assert_int_equal(s.c.threshold, 10 * MSS);
}

/* RFC 3168 section 6.1.2 */
static void a_congestion_mark_counts_once_a_round_trip(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_RENO);
    rounds(&s, 2);
    (void)send_all(&s);
    assert_true(congestion_echoed(&s.c, &s.log));
    assert_int_equal(s.c.threshold, 20 * MSS);
    assert_false(congestion_echoed(&s.c, &s.log));
    ack_all(&s, MSS);
    assert_int_equal(s.c.window, 20 * MSS);
    (void)send_all(&s);
    assert_true(congestion_echoed(&s.c, &s.log));
    assert_int_equal(s.c.threshold, 10 * MSS);
}

/* ---- others ---- */

static void after_a_long_silence_it_begins_anew(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_CUBIC);
    rounds(&s, 4);
    congestion_resume(&s.c, &s.log, at_ms(s.ms + 100));
    assert_int_equal(s.c.window, 160 * MSS);
    congestion_resume(&s.c, &s.log, at_ms(s.ms + 10000));
    assert_int_equal(s.c.window, 10 * MSS);
    s.c.threshold = 40 * MSS;
    s.c.window = 100 * MSS;
    congestion_resume(&s.c, &s.log, at_ms(s.ms + 10000));
    assert_int_equal(s.c.threshold, 75 * MSS);
}

static void without_control_only_the_peer_limits(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_NONE);
    assert_int_equal(congestion_room(&s.c, &s.log), UINT32_MAX);
    (void)sent_octets(&s, BASE, BASE + 1000 * MSS);
    expire(&s);
    congestion_resume(&s.c, &s.log, at_ms(s.ms + 10000));
    congestion_syn_was_lost(&s.c);
    assert_false(congestion_echoed(&s.c, &s.log));
    ack_all(&s, MSS);
    assert_int_equal(congestion_room(&s.c, &s.log), UINT32_MAX);
}

static void a_window_is_a_segment_at_least(void **state)
{
    (void)state;
    struct sender s;
    set_up(&s, CONGESTION_RENO);
    congestion_syn_was_lost(&s.c);
    congestion_set_mss(&s.c, 9000);
    assert_int_equal(s.c.window, 9000);
    congestion_set_mss(&s.c, 500);
    assert_int_equal(s.c.window, 9000);
}

static void a_frame_is_a_millisecond_or_half_of_the_window(void **unused)
{
    (void)unused;
    struct congestion c;
    congestion_init(&c, CONGESTION_RENO, MSS, 64000);
    c.window = 10999;
    assert_int_equal(congestion_frame_max(&c, 2 * MSS, 0), 5 * MSS); /* nothing was measured */
    assert_int_equal(congestion_frame_max(&c, 2 * MSS, 100), 5 * MSS);
    assert_int_equal(congestion_frame_max(&c, 2 * MSS, 7000), 3 * MSS);
    assert_int_equal(congestion_frame_max(&c, 2 * MSS, 100 * 1000), 2 * MSS);
    assert_int_equal(congestion_frame_max(&c, 10 * MSS, 100 * 1000), 5 * MSS);
    c.window = MSS;
    assert_int_equal(congestion_frame_max(&c, 2 * MSS, 100 * 1000), MSS);
    congestion_init(&c, CONGESTION_NONE, MSS, 64000);
    assert_true(congestion_frame_max(&c, 2 * MSS, 1000 * 1000) > 1000 * MSS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_with_ten_segments_or_what_that_means),
        cmocka_unit_test(slow_start_doubles_the_window),
        cmocka_unit_test(many_acks_are_worth_no_more_than_one),
        cmocka_unit_test(one_ack_is_worth_no_burst),
        cmocka_unit_test(a_window_that_is_not_used_does_not_grow),
        cmocka_unit_test(reno_adds_a_segment_for_each_window),
        cmocka_unit_test(hystart_ends_slow_start_before_a_queue_overflows),
        cmocka_unit_test(a_loss_halves_renos_window_and_takes_three_tenths_of_cubics),
        cmocka_unit_test(a_flight_is_answered_once),
        cmocka_unit_test(an_idle_sender_is_answered_by_what_was_in_flight),
        cmocka_unit_test(what_was_not_answered_yet_counts_as_in_flight),
        cmocka_unit_test(a_sender_held_back_is_answered_by_what_it_used),
        cmocka_unit_test(a_timeout_leaves_one_segment),
        cmocka_unit_test(what_was_needless_is_taken_back),
        cmocka_unit_test(a_probe_that_repaired_is_a_loss),
        cmocka_unit_test(a_congestion_mark_counts_once_a_round_trip),
        cmocka_unit_test(after_a_long_silence_it_begins_anew),
        cmocka_unit_test(without_control_only_the_peer_limits),
        cmocka_unit_test(a_window_is_a_segment_at_least),
        cmocka_unit_test(a_frame_is_a_millisecond_or_half_of_the_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
