/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a field of sixteen bits is large or too small: windows, urgent pointers; and what comes many at a time. */
#include "machine/segment_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MUCH = 200 * 1000, MSS = 1000 };

static struct segment_peer p;
static struct wire_pair pair;
static uint8_t data[MUCH];

static void fill(void)
{
    for (size_t i = 0; i < MUCH; i++)
        data[i] = (uint8_t)(i * 2654435761U >> 13);
}

static void use_the_peers_window_alone(struct stack_setup *setup, int host)
{
    (void)host;
    setup->congestion = CONGESTION_NONE;
}

static void open_with_mss(uint8_t scale)
{
    struct tcp_options options = { .has_mss = true, .mss = MSS, .has_scale = scale > 0 };
    options.scale = scale;
    segment_peer_init(&p, use_the_peers_window_alone);
    segment_peer_open(&p, &options);
}

static void send_much(void)
{
    assert_int_equal(flow_send(segment_peer_flow(&p), bytes_of(data, MUCH), p.pair.now), MUCH);
}

/* How much the peer has been sent of what it has not acknowledged. */
static uint32_t in_flight(void)
{
    uint32_t most = 0;
    for (size_t i = 0; i < p.sent_count; i++) {
        uint32_t end = p.sent[i].seq + (uint32_t)p.sent[i].payload.len - p.ack;
        most = end > most ? end : most;
    }
    return most;
}

static void a_window_of_more_than_32767_is_no_negative_one(void **unused)
{
    (void)unused;
    static const uint16_t windows[] = { 0x7fff, 0x8000, 0x8001, 0xfff0, 0xffff };
    for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
        open_with_mss(0);
        p.window = windows[i];
        segment_peer_say(&p, TCP_ACK, NULL);
        send_much();
        wire_pair_pump(&p.pair);
        assert_in_range(in_flight(), windows[i] - MSS + 1, windows[i]);
        /* From the last to the next: it is larger by as much. */
        p.window = 0xffff;
        segment_peer_say(&p, TCP_ACK, NULL);
        assert_in_range(in_flight(), 0xffff - MSS + 1, 0xffff);
        segment_peer_wipe(&p);
    }
}

static void our_own_window_of_more_than_32767_is_meant(void **unused)
{
    (void)unused;
    open_with_mss(0);
    segment_peer_say(&p, TCP_ACK | TCP_PSH, "x");
    p.next++;
    segment_peer_wait(&p, 1000);
    uint16_t window = segment_peer_last(&p)->window;
    assert_true(window > 0x8000);
    segment_peer_forget(&p);
    /* At its end, out of order: it is not thrown away, but waits for what comes before it. */
    uint32_t begin = p.next;
    segment_peer_say_at(&p, begin + window - 4, p.ack, TCP_ACK | TCP_PSH, "last");
    assert_int_equal(segment_peer_last(&p)->ack, begin);
    p.pair.hosts[1].read_len = 0;
    for (uint32_t at = 0; at < window - 4U; at += MSS) {
        char piece[MSS + 1] = { 0 };
        uint32_t len = window - 4U - at < MSS ? window - 4U - at : MSS;
        memset(piece, 'x', len);
        segment_peer_say_at(&p, begin + at, p.ack, TCP_ACK, piece);
    }
    assert_int_equal(p.pair.hosts[1].read_len, window);
    assert_memory_equal(p.pair.hosts[1].read + window - 4, "last", 4);
    segment_peer_wipe(&p);
}

/* MUST-30, MUST-31: every segment of it says how far it reaches, as well as it can. */
static void urgent_data_has_any_length(void **unused)
{
    (void)unused;
    enum { URGENT = 150 * 1000 + 7 };
    fill();
    open_with_mss(7);
    p.window = 0x4000; /* two MiB */
    segment_peer_say(&p, TCP_ACK, NULL);
    struct flow *flow = segment_peer_flow(&p);
    assert_int_equal(flow_send(flow, bytes_of(data, URGENT), p.pair.now), URGENT);
    flow_mark_urgent(flow, p.pair.now);
    assert_int_equal(flow_send(flow, bytes_of(data, MUCH - URGENT), p.pair.now), MUCH - URGENT);
    wire_pair_pump(&p.pair);
    assert_int_equal(in_flight(), MUCH);
    size_t at_most = 0, exact = 0, without = 0;
    for (size_t i = 0; i < p.sent_count; i++) {
        uint32_t at = p.sent[i].seq - p.ack;
        bool is_urgent = at < URGENT;
        assert_int_equal(!!(p.sent[i].flags & TCP_URG), is_urgent);
        uint32_t left = is_urgent ? URGENT - at : 0;
        assert_int_equal(p.sent[i].urgent_pointer, left < 0xffff ? left : 0xffff);
        at_most += left > 0xffff;
        exact += is_urgent && left <= 0xffff;
        without += !is_urgent;
    }
    assert_true(at_most >= 84 && exact >= 65 && without >= 49);
    segment_peer_wipe(&p);
}

static void feed_urgent(uint32_t at, uint16_t pointer)
{
    struct tcp_segment s = {
        .seq = p.next + at,
        .ack = p.ack,
        .flags = TCP_ACK | (pointer > 0 ? TCP_URG : 0),
        .window = p.window,
        .urgent_pointer = pointer,
        .payload = bytes_of(data + at, MSS),
    };
    wire_pair_feed_segment(&p.pair, 1, &p.peer, &p.subject, &s);
    wire_pair_pump(&p.pair);
}

/* MUST-31 to MUST-33, as its receiver sees it. */
static void urgent_data_of_many_segments_is_told_as_far_as_it_is_known(void **unused)
{
    (void)unused;
    enum { URGENT = 90 * MSS, ALL = 95 * MSS };
    fill();
    open_with_mss(0);
    struct wire_host *host = &p.pair.hosts[1];
    for (uint32_t at = 0; at < ALL; at += MSS) {
        uint32_t left = at < URGENT ? URGENT - at : 0;
        feed_urgent(at, left < 0xffff ? (uint16_t)left : 0xffff);
        uint32_t known = at + 0xffff < URGENT ? at + 0xffff : URGENT;
        uint32_t unread = known > at + MSS ? known - at - MSS : 0;
        assert_int_equal(flow_status(host->flow).unread_urgent, unread);
        assert_int_equal(host->events[FLOW_URGENT] > 0, true);
    }
    /* Once for each time that it reached further, and no more when its end was known. */
    assert_int_equal(host->events[FLOW_URGENT], (URGENT - 0xffff + MSS - 1) / MSS + 1);
    assert_int_equal(host->read_len, ALL);
    assert_memory_equal(host->read, data, ALL);
    segment_peer_wipe(&p);
}

static void urgent_data_gets_to_the_other_end_whole(void **unused)
{
    (void)unused;
    fill();
    for (int version = 4; version <= 6; version += 2) {
        wire_pair_init(&pair, NULL);
        wire_pair_connect(&pair, version);
        struct flow *flow = pair.hosts[0].flow;
        assert_int_equal(flow_send(flow, bytes_of(data, MUCH), pair.now), MUCH);
        flow_mark_urgent(flow, pair.now);
        wire_pair_run(&pair, 20 * 1000);
        assert_true(pair.hosts[1].events[FLOW_URGENT] > 0);
        assert_int_equal(flow_status(pair.hosts[1].flow).unread_urgent, 0);
        assert_int_equal(pair.hosts[1].read_len, MUCH);
        assert_memory_equal(pair.hosts[1].read, data, MUCH);
        wire_pair_wipe(&pair);
    }
}

/* MUST-58, MUST-59: what has come by the time that we send is one acknowledgment's. */
static void what_comes_many_at_a_time_is_acknowledged_once(void **unused)
{
    (void)unused;
    enum { SEGMENTS = 9 };
    fill();
    for (int has_hole = 0; has_hole < 2; has_hole++) {
        open_with_mss(0);
        for (uint32_t i = (uint32_t)has_hole; i < SEGMENTS + (uint32_t)has_hole; i++) {
            struct tcp_segment s = { .seq = p.next + i % SEGMENTS * MSS,
                                     .ack = p.ack,
                                     .flags = TCP_ACK,
                                     .window = p.window,
                                     .payload = bytes_of(data + i % SEGMENTS * MSS, MSS) };
            wire_pair_feed_segment(&p.pair, 1, &p.peer, &p.subject, &s);
        }
        assert_int_equal(p.sent_count, 0);
        wire_pair_pump(&p.pair);
        segment_peer_wait(&p, 1000);
        size_t all = 0;
        for (size_t i = 0; i < p.sent_count; i++)
            all += p.sent[i].ack == p.next + SEGMENTS * MSS;
        /* What came out of order is told by itself (SHLD-31, RFC 5681 section 4.2), but nothing before the end. */
        assert_int_equal(all, p.sent_count);
        assert_true(has_hole ? p.sent_count >= 1 : p.sent_count == 1);
        assert_memory_equal(p.pair.hosts[1].read, data, SEGMENTS * MSS);
        segment_peer_wipe(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_of_more_than_32767_is_no_negative_one),
        cmocka_unit_test(our_own_window_of_more_than_32767_is_meant),
        cmocka_unit_test(urgent_data_has_any_length),
        cmocka_unit_test(urgent_data_of_many_segments_is_told_as_far_as_it_is_known),
        cmocka_unit_test(urgent_data_gets_to_the_other_end_whole),
        cmocka_unit_test(what_comes_many_at_a_time_is_acknowledged_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
