/* SPDX-License-Identifier: BSD-2-Clause */
/* What attackers have done to other stacks, done to ours: docs/tcp-conformance.md has the table. */
#include "machine/segment_peer.h"
#include "tcpip/tcp/seq.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct segment_peer p;

static const struct stack_counts *counts(void)
{
    return stack_counts(p.pair.hosts[1].stack);
}

static uint32_t events(enum flow_event_kind kind)
{
    return p.pair.hosts[1].events[kind];
}

/* ---- urgent pointers ---- */

struct urgent_model {
    uint32_t end, read;
    bool is_there;
};

/* A segment with the pointer, of which all is read at once; `m` says what the owner may be told then. */
static void say_urgent(struct urgent_model *m, uint16_t pointer, struct bytes data)
{
    const struct tcp_segment s = { .seq = p.next,
                                   .ack = p.ack,
                                   .flags = TCP_ACK | TCP_URG,
                                   .window = p.window,
                                   .urgent_pointer = pointer,
                                   .payload = data };
    uint32_t end = p.next + pointer;
    if (!m->is_there || seq_after(end, m->end)) {
        m->is_there = seq_after(end, m->read);
        m->end = end;
    }
    m->read += (uint32_t)data.len;
    if (seq_until(m->end, m->read))
        m->is_there = false;
    wire_pair_feed_segment(&p.pair, 1, &p.peer, &p.subject, &s);
    wire_pair_pump(&p.pair);
    p.next += (uint32_t)data.len;
}

static void no_urgent_pointer_does_harm(void **unused)
{
    (void)unused;
    static const size_t lens[] = { 0, 1, 1460 };
    static uint8_t data[1460];
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        segment_peer_init(&p, NULL);
        segment_peer_open(&p, NULL);
        struct urgent_model m = { .read = p.next };
        for (uint32_t pointer = 0; pointer <= UINT16_MAX; pointer++) {
            p.pair.hosts[1].read_len = 0;
            /* Large ones and small ones in turn: of those that come before the last, none counts. */
            say_urgent(&m, (uint16_t)(pointer * 40503), bytes_of(data, lens[i]));
            struct flow_status status = flow_status(segment_peer_flow(&p));
            assert_int_equal(status.unread_urgent, m.is_there ? m.end - m.read : 0);
            assert_int_equal(status.receive_next, p.next);
            assert_int_equal(status.unread, 0);
            assert_int_equal(p.pair.hosts[1].read_len, lens[i]);
            assert_memory_equal(p.pair.hosts[1].read, data, lens[i]);
            segment_peer_forget(&p);
        }
        assert_int_equal(flow_status(segment_peer_flow(&p)).state, FLOW_STATE_ESTABLISHED);
        segment_peer_wipe(&p);
    }
}

/* ---- segments that are too small ---- */

static struct tcp_options with_mss(uint16_t mss)
{
    return (struct tcp_options){ .has_mss = true, .mss = mss };
}

static void begin_with(const struct tcp_options *options)
{
    struct tcp_segment syn = {
        .seq = p.next, .flags = TCP_SYN, .window = p.window, .options = *options
    };
    wire_pair_feed_segment(&p.pair, 1, &p.peer, &p.subject, &syn);
    wire_pair_pump(&p.pair);
}

static void who_asks_for_segments_too_small_is_refused(void **unused)
{
    (void)unused;
    static const uint8_t data[500];
    for (uint16_t mss = 0; mss < 48; mss++) {
        struct tcp_options options = with_mss(mss);
        segment_peer_init(&p, NULL);
        begin_with(&options);
        assert_int_equal(segment_peer_last(&p)->flags, TCP_RST | TCP_ACK);
        assert_int_equal(counts()->pending_now, 0);
        segment_peer_wipe(&p);
    }
    /* Who has little memory has it with us: never more than he takes (MUST-16). */
    for (uint16_t mss = 48; mss <= 536; mss += 61) {
        struct tcp_options options = with_mss(mss);
        segment_peer_init(&p, NULL);
        segment_peer_open(&p, &options);
        assert_int_equal(flow_send(segment_peer_flow(&p), bytes_of(data, sizeof(data)), p.pair.now),
                         sizeof(data));
        wire_pair_pump(&p.pair);
        assert_int_equal(p.sent[0].payload.len, mss < sizeof(data) ? mss : sizeof(data));
        segment_peer_wipe(&p);
    }
}

static void one_that_we_connect_to_is_refused_too(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    struct flow *flow;
    p.subject.port = 5555;
    struct ip_endpoint from = { .port = p.subject.port };
    assert_int_equal(flow_connect_from(p.pair.hosts[1].stack, &from, &p.peer, p.pair.now, &flow),
                     OK);
    wire_pair_pump(&p.pair);
    p.options = with_mss(47);
    segment_peer_say_at(&p, p.next, segment_peer_last(&p)->seq + 1, TCP_SYN | TCP_ACK, NULL);
    assert_int_equal(events(FLOW_REFUSED), 1);
    assert_int_equal(segment_peer_last(&p)->flags, TCP_RST);
    flow_release(flow, p.pair.now);
    assert_int_equal(counts()->flows_now, 0);
    segment_peer_wipe(&p);
}

static void keep_no_handshakes(struct stack_setup *setup, int host)
{
    (void)host;
    setup->pending_max = 0;
}

/* A cookie cannot say less than 536, and more than he takes is not sent. */
static void nobody_gets_a_cookie_for_larger_segments_than_he_takes(void **unused)
{
    (void)unused;
    struct tcp_options small = with_mss(535), enough = with_mss(536);
    segment_peer_init(&p, keep_no_handshakes);
    begin_with(&small);
    assert_int_equal(p.sent_count, 0);
    begin_with(&enough);
    assert_int_equal(segment_peer_last(&p)->flags, TCP_SYN | TCP_ACK);
    segment_peer_wipe(&p);
}

/* ---- challenges without a flow ---- */

/* Resets with numbers that are guessed; returns how many were answered. */
static size_t guess(int count)
{
    segment_peer_forget(&p);
    for (int i = 0; i < count; i++)
        segment_peer_say_at(&p, p.next + 100 + (uint32_t)i, 0, TCP_RST, NULL);
    return p.sent_count;
}

static void a_handshake_is_challenged_a_few_times_only(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_say_at(&p, p.next++, 0, TCP_SYN, NULL);
    p.ack = segment_peer_last(&p)->seq + 1;
    assert_int_equal(guess(50), 3);
    assert_int_equal(counts()->challenge_acks, 3);
    /* Another one's are his. */
    p.peer.port++;
    segment_peer_say_at(&p, p.next - 1, 0, TCP_SYN, NULL);
    uint32_t other = segment_peer_last(&p)->seq + 1;
    assert_int_equal(guess(50), 3);
    p.peer.port--;
    /* What is not acceptable counts as well; and with each SYN-ACK of the timer there are some again. */
    assert_int_equal(guess(50), 0);
    segment_peer_wait(&p, 1100);
    segment_peer_forget(&p);
    for (int i = 0; i < 50; i++)
        segment_peer_say_at(&p, p.next + 70000, p.ack, TCP_ACK, "blind");
    assert_int_equal(p.sent_count, 3);
    /* The handshake goes on. */
    segment_peer_say(&p, TCP_ACK, NULL);
    p.peer.port++;
    segment_peer_say_at(&p, p.next, other, TCP_ACK, NULL);
    assert_int_equal(events(FLOW_OPENED), 2);
    segment_peer_wipe(&p);
}

static void time_wait_is_challenged_so_often_only(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    flow_close(segment_peer_flow(&p), p.pair.now);
    wire_pair_pump(&p.pair);
    p.ack++;
    segment_peer_say(&p, TCP_FIN | TCP_ACK, NULL);
    p.next++;
    flow_release(segment_peer_flow(&p), p.pair.now);
    p.pair.hosts[1].flow = NULL;
    assert_int_equal(counts()->time_wait_now, 1);
    for (int round = 0; round < 3; round++) {
        segment_peer_forget(&p);
        for (int i = 0; i < 150; i++)
            segment_peer_say_at(&p, p.next + 70000, p.ack, TCP_ACK, "blind");
        assert_int_equal(p.sent_count, 100);
        assert_int_equal(p.sent[0].ack, p.next);
        /* The FIN itself is answered however often it comes, as it is what TIME-WAIT is for; and then there are some again. */
        for (int i = 0; i < 5; i++)
            segment_peer_say_at(&p, p.next - 1, p.ack, TCP_FIN | TCP_ACK, NULL);
        assert_int_equal(p.sent_count, 105);
        segment_peer_wait(&p, 59 * 1000);
    }
    assert_int_equal(counts()->challenge_acks, 300);
    assert_int_equal(counts()->time_wait_now, 1);
    segment_peer_wipe(&p);
}

/* ---- the same numbers with other octets ---- */

static void the_first_octets_count_and_others_are_noticed(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    uint32_t first = p.next;
    /* Out of order: the same again, then others for a part, then others around it. */
    segment_peer_say_at(&p, first + 4, p.ack, TCP_ACK, "efgh");
    segment_peer_say_at(&p, first + 4, p.ack, TCP_ACK, "efgh");
    segment_peer_say_at(&p, first + 6, p.ack, TCP_ACK, "ghij");
    assert_int_equal(counts()->overlap_mismatches, 0);
    segment_peer_say_at(&p, first + 8, p.ack, TCP_ACK, "XX");
    assert_int_equal(counts()->overlap_mismatches, 1);
    segment_peer_say_at(&p, first + 3, p.ack, TCP_ACK, "dYYYYYYYkl");
    assert_int_equal(counts()->overlap_mismatches, 2);
    segment_peer_say_at(&p, first, p.ack, TCP_ACK, "abcdZ");
    assert_int_equal(counts()->overlap_mismatches, 3);
    assert_int_equal(p.pair.hosts[1].read_len, 12 + 1);
    assert_memory_equal(p.pair.hosts[1].read, "abcdefghijYkl", 13);
    segment_peer_wipe(&p);
}

static void octets_that_wait_for_their_owner_are_compared_too(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    p.pair.hosts[1].keeps_data = true;
    uint32_t first = p.next;
    segment_peer_say_at(&p, first, p.ack, TCP_ACK, "abcd");
    segment_peer_say_at(&p, first, p.ack, TCP_ACK, "abcd");
    segment_peer_say_at(&p, first + 2, p.ack, TCP_ACK, "cdef");
    assert_int_equal(counts()->overlap_mismatches, 0);
    segment_peer_say_at(&p, first, p.ack, TCP_ACK, "abXd"); /* all of it is old */
    assert_int_equal(counts()->overlap_mismatches, 1);
    segment_peer_say_at(&p, first + 5, p.ack, TCP_ACK, "Xg"); /* a part is */
    assert_int_equal(counts()->overlap_mismatches, 2);
    struct flow *flow = segment_peer_flow(&p);
    char read[8] = { 0 };
    for (struct bytes piece; (piece = flow_received(flow)).len > 0;) {
        strncat(read, (const char *)piece.data, piece.len);
        flow_consume(flow, piece.len, p.pair.now);
    }
    assert_string_equal(read, "abcdefg");
    /* What has been read cannot be compared any more, nor what is behind the FIN. */
    segment_peer_say_at(&p, first, p.ack, TCP_ACK, "Xbcd");
    segment_peer_say_at(&p, first + 7, p.ack, TCP_ACK | TCP_FIN, "h");
    segment_peer_say_at(&p, first + 7, p.ack, TCP_ACK | TCP_FIN, "h");
    assert_int_equal(counts()->overlap_mismatches, 2);
    segment_peer_wipe(&p);
}

/* ---- what costs the peer nothing ---- */

/* A peer that answers every probe of its closed window; returns for how many seconds, up to 400, the flow is there. */
static int seconds_before_a_closed_window(bool has_owner, bool has_sack, bool ends_when_shut)
{
    const struct tcp_options options = { .has_sack_permitted = has_sack };
    int seconds = 0;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, &options);
    p.options.sack_count = has_sack; /* of an old segment: it says nothing */
    p.options.sacks[0] = (struct tcp_range){ p.ack - 1, p.ack };
    assert_int_equal(flow_send(segment_peer_flow(&p), BYTES_LITERAL("for nobody"), p.pair.now), 10);
    struct flow_options flow_is = flow_options(segment_peer_flow(&p));
    flow_is.ends_when_shut = ends_when_shut;
    flow_set_options(segment_peer_flow(&p), &flow_is, p.pair.now);
    p.window = 0;
    segment_peer_say(&p, TCP_ACK, NULL);
    if (!has_owner)
        flow_release(segment_peer_flow(&p), p.pair.now);
    const uint32_t *timeouts = &p.pair.hosts[1].events[FLOW_TIMED_OUT];
    for (; seconds < 400 && counts()->flows_now > 0 && *timeouts == 0; seconds++) {
        segment_peer_forget(&p);
        segment_peer_wait(&p, 1000);
        if (p.sent_count > 0 && counts()->flows_now > 0)
            segment_peer_say(&p, TCP_ACK, NULL);
    }
    segment_peer_wipe(&p);
    return seconds;
}

static void a_window_that_stays_shut_holds_no_memory_that_nobody_owns(void **unused)
{
    (void)unused;
    assert_in_range(seconds_before_a_closed_window(false, false, false), 100, 200);
    assert_in_range(seconds_before_a_closed_window(false, true, false), 100, 200);
    assert_in_range(seconds_before_a_closed_window(true, false, true), 100, 200);
    assert_int_equal(seconds_before_a_closed_window(true, false, false), 400);
    assert_int_equal(seconds_before_a_closed_window(true, true, false), 400);
}

/* FIN-WAIT-2 of a flow that nobody holds, whose peer says nothing more. */
static void a_peer_that_never_closes_is_left(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    flow_release(segment_peer_flow(&p), p.pair.now);
    wire_pair_pump(&p.pair);
    p.ack++;
    segment_peer_say(&p, TCP_ACK, NULL);
    segment_peer_wait(&p, 59 * 1000);
    assert_int_equal(counts()->flows_now, 1);
    segment_peer_wait(&p, 2 * 1000);
    assert_int_equal(counts()->flows_now, 0);
    segment_peer_wipe(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_urgent_pointer_does_harm),
        cmocka_unit_test(who_asks_for_segments_too_small_is_refused),
        cmocka_unit_test(one_that_we_connect_to_is_refused_too),
        cmocka_unit_test(nobody_gets_a_cookie_for_larger_segments_than_he_takes),
        cmocka_unit_test(a_handshake_is_challenged_a_few_times_only),
        cmocka_unit_test(time_wait_is_challenged_so_often_only),
        cmocka_unit_test(the_first_octets_count_and_others_are_noticed),
        cmocka_unit_test(a_window_that_stays_shut_holds_no_memory_that_nobody_owns),
        cmocka_unit_test(a_peer_that_never_closes_is_left),
        cmocka_unit_test(octets_that_wait_for_their_owner_are_compared_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
