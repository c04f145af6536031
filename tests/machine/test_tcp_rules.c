/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules of one connection, each against a peer written segment by segment. */
#include "machine/segment_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct segment_peer p;
static const struct tcp_options with_timestamps = { .has_timestamps = true, .timestamp = 1000 };

static enum flow_state state(void)
{
    return flow_status(segment_peer_flow(&p)).state;
}

static uint32_t events(enum flow_event_kind kind)
{
    return p.pair.hosts[1].events[kind];
}

static void send_text(const char *text)
{
    assert_int_equal(flow_send(segment_peer_flow(&p), bytes_text(text), p.pair.now), strlen(text));
    wire_pair_pump(&p.pair);
}

static char states_told[1000];

static void note_state(void *context, const struct trace_event *event,
                       const struct trace_field *fields, size_t count)
{
    (void)context;
    if (strcmp(event->name, "tcp.state") != 0)
        return;
    struct bytes new = trace_find(fields, count, "new")->octets;
    strncat(states_told, (const char *)new.data, new.len);
    strcat(states_told, " ");
}

static const struct trace noting = { note_state, NULL };

static void note_states(struct stack_setup *setup, int host)
{
    setup->trace = host == 1 ? &noting : NULL;
}

static void every_change_of_a_state_is_told_whoever_keeps_the_connection(void **unused)
{
    (void)unused;
    states_told[0] = 0;
    segment_peer_init(&p, note_states);
    segment_peer_open(&p, NULL);
    flow_close(segment_peer_flow(&p), p.pair.now);
    wire_pair_pump(&p.pair);
    p.ack++;
    segment_peer_say(&p, TCP_FIN | TCP_ACK, NULL);
    assert_string_equal(states_told, "SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT ");
    segment_peer_wipe(&p);
}

static void a_challenge_is_not_sent_to_everybody_who_asks(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    for (int i = 0; i < 50; i++)
        segment_peer_say_at(&p, p.next + 1 + (uint32_t)i, 0, TCP_RST, NULL);
    assert_int_equal(p.sent_count, 1);
    segment_peer_wait(&p, 700);
    segment_peer_say_at(&p, p.next + 1, 0, TCP_RST, NULL);
    assert_int_equal(p.sent_count, 2);
    assert_int_equal(state(), FLOW_STATE_ESTABLISHED);
    segment_peer_wipe(&p);
}

static void an_old_timestamp_is_of_an_old_segment(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, &with_timestamps);
    p.options.timestamp = 999;
    segment_peer_say(&p, TCP_ACK | TCP_PSH, "old");
    assert_int_equal(events(FLOW_DATA), 0);
    assert_int_equal(p.sent_count, 1);
    assert_int_equal(segment_peer_last(&p)->ack, p.next);
    p.options.has_timestamps = false;
    segment_peer_say(&p, TCP_ACK | TCP_PSH, "without");
    assert_int_equal(events(FLOW_DATA), 0);
    assert_int_equal(p.sent_count, 1);
    p.options.has_timestamps = true;
    p.options.timestamp = 1001;
    segment_peer_say(&p, TCP_ACK | TCP_PSH, "new");
    assert_int_equal(events(FLOW_DATA), 1);
    assert_int_equal(segment_peer_last(&p)->options.timestamp_echo, 1001);
    segment_peer_wipe(&p);
}

static void a_timestamp_with_an_impossible_acknowledgment_is_not_kept(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, &with_timestamps);
    p.options.timestamp = 2000000;
    segment_peer_say_at(&p, p.next, p.ack + 1, TCP_ACK, NULL);
    p.options.timestamp = 1001;
    segment_peer_say(&p, TCP_ACK | TCP_PSH, "new");
    assert_int_equal(events(FLOW_DATA), 1);
    segment_peer_wipe(&p);
}

static void a_closed_window_is_probed_for_as_long_as_the_peer_answers(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    p.window = 0;
    segment_peer_say(&p, TCP_ACK, NULL);
    send_text("waits");
    assert_int_equal(p.sent_count, 0);
    size_t probes = 0;
    for (int i = 0; i < 100; i++) {
        segment_peer_wait(&p, 10000);
        for (; probes < p.sent_count; probes++) {
            assert_int_equal(p.sent[probes].seq, p.ack - 1);
            assert_int_equal(p.sent[probes].payload.len, 0);
            segment_peer_say(&p, TCP_ACK, NULL);
        }
        p.sent_count = 0;
        probes = 0;
    }
    assert_int_equal(state(), FLOW_STATE_ESTABLISHED);
    p.window = 100;
    segment_peer_say(&p, TCP_ACK, NULL);
    assert_int_equal(p.sent_count, 1);
    assert_int_equal(p.sent[0].payload.len, 5);
    segment_peer_wipe(&p);
}

static void probes_of_a_closed_window_come_at_intervals_that_double(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    p.window = 0;
    segment_peer_say(&p, TCP_ACK, NULL);
    send_text("waits");
    for (int i = 0; i < 400; i++) {
        size_t before = p.sent_count;
        segment_peer_wait(&p, 50);
        if (p.sent_count > before)
            segment_peer_say(&p, TCP_ACK, NULL);
    }
    assert_true(p.sent_count >= 5);
    for (size_t i = 2; i < p.sent_count; i++) {
        int64_t last = p.sent_at[i - 1].us - p.sent_at[i - 2].us,
                this = p.sent_at[i].us - p.sent_at[i - 1].us;
        assert_in_range(this, 2 * last - 60000, 2 * last + 60000);
    }
    segment_peer_wipe(&p);
}

static void a_peer_that_answers_no_probe_is_given_up(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    p.window = 0;
    segment_peer_say(&p, TCP_ACK, NULL);
    send_text("waits");
    segment_peer_wait(&p, 200 * 1000);
    assert_int_equal(events(FLOW_TIMED_OUT), 1);
    segment_peer_wipe(&p);
}

static void a_window_that_closes_over_what_is_in_flight_ends_nothing(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    send_text("in flight");
    p.window = 0;
    for (int i = 0; i < 100; i++) {
        size_t before = p.sent_count;
        segment_peer_wait(&p, 5000);
        if (p.sent_count > before)
            segment_peer_say(&p, TCP_ACK, NULL);
    }
    assert_int_equal(state(), FLOW_STATE_ESTABLISHED);
    p.window = 1000;
    p.ack += 9;
    segment_peer_say(&p, TCP_ACK, NULL);
    assert_int_equal(events(FLOW_ACKED), 1);
    segment_peer_wipe(&p);
}

static void small_writes_wait_for_the_last_small_one(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    send_text("a");
    send_text("b");
    send_text("c");
    assert_int_equal(p.sent_count, 1);
    p.ack++;
    segment_peer_say(&p, TCP_ACK, NULL);
    assert_int_equal(p.sent_count, 2);
    assert_int_equal(p.sent[1].payload.len, 2);
    assert_true(p.sent[1].flags & TCP_PSH);
    struct flow_options options = flow_options(segment_peer_flow(&p));
    options.no_delay = true;
    flow_set_options(segment_peer_flow(&p), &options, p.pair.now);
    send_text("d");
    assert_int_equal(p.sent_count, 3);
    segment_peer_wipe(&p);
}

/* RFC 5682 section 2.1 step 2b: only what may really go counts as new data. */
static void a_small_piece_that_waits_does_not_hold_back_what_is_lost(void **unused)
{
    (void)unused;
    static const uint8_t data[2 * 536 + 100];
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    struct flow *flow = segment_peer_flow(&p);
    assert_int_equal(flow_send(flow, bytes_of(data, sizeof(data)), p.pair.now), sizeof(data));
    wire_pair_pump(&p.pair);
    segment_peer_forget(&p);
    for (int i = 0; i < 2000 && (p.sent_count == 0 || segment_peer_last(&p)->seq != p.ack); i++)
        segment_peer_wait(&p, 1);
    assert_int_equal(segment_peer_last(&p)->seq, p.ack); /* the timeout */
    assert_int_equal(flow_send(flow, bytes_of(data, 10), p.pair.now), 10);
    wire_pair_pump(&p.pair);
    segment_peer_forget(&p);
    segment_peer_say_at(&p, p.next, p.ack + 536, TCP_ACK, NULL);
    assert_true(p.sent_count > 0);
    assert_int_equal(p.sent[0].seq, p.ack + 536);
    segment_peer_wipe(&p);
}

static void what_nobody_acknowledges_is_sent_again_and_given_up_in_the_end(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    send_text("lost");
    segment_peer_wait(&p, 10 * 1000);
    assert_int_equal(events(FLOW_SLOW), 1);
    assert_int_equal(events(FLOW_TIMED_OUT), 0);
    for (size_t i = 0; i < p.sent_count; i++) {
        assert_int_equal(p.sent[i].seq, p.ack);
        assert_int_equal(p.sent[i].payload.len, 4);
    }
    assert_true(p.sent_count >= 4);
    segment_peer_wait(&p, 120 * 1000);
    assert_int_equal(events(FLOW_TIMED_OUT), 1);
    assert_int_equal(state(), FLOW_STATE_CLOSED);
    segment_peer_wipe(&p);

    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    struct flow_options options = flow_options(segment_peer_flow(&p));
    options.user_timeout_ms = 5000;
    flow_set_options(segment_peer_flow(&p), &options, p.pair.now);
    send_text("lost");
    segment_peer_wait(&p, 5100);
    assert_int_equal(events(FLOW_TIMED_OUT), 1);
    segment_peer_wipe(&p);
}

static void a_syn_is_tried_for_three_minutes(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    struct flow *flow;
    assert_int_equal(flow_connect(p.pair.hosts[1].stack, &p.peer, 0, p.pair.now, &flow), OK);
    segment_peer_wait(&p, 179 * 1000);
    assert_int_equal(events(FLOW_TIMED_OUT), 0);
    segment_peer_wait(&p, 2000);
    assert_int_equal(events(FLOW_TIMED_OUT), 1);
    assert_in_range(p.sent_count, 6, 9);
    assert_in_range(p.sent_at[1].us - p.sent_at[0].us, 1000000, 1001000);
    assert_in_range(p.sent_at[2].us - p.sent_at[1].us, 2000000, 2001000);
    for (size_t i = 0; i < p.sent_count; i++) {
        assert_int_equal(p.sent[i].flags, TCP_SYN);
        assert_int_equal(p.sent[i].seq, p.sent[0].seq);
    }
    segment_peer_wipe(&p);
}

static void a_silent_peer_is_asked_whether_it_lives_if_the_owner_wants_that(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    segment_peer_wait(&p, 3 * 3600 * 1000);
    assert_int_equal(p.sent_count, 0); /* MUST-25 */
    struct flow_options options = flow_options(segment_peer_flow(&p));
    options.keep_alive_ms = 60 * 1000;
    flow_set_options(segment_peer_flow(&p), &options, p.pair.now);
    wire_pair_pump(&p.pair);
    segment_peer_wait(&p, 61 * 1000);
    assert_int_equal(p.sent_count, 1);
    assert_int_equal(p.sent[0].seq, p.ack - 1);
    segment_peer_say(&p, TCP_ACK, NULL);
    segment_peer_wait(&p, 59 * 1000);
    assert_int_equal(p.sent_count, 1);
    segment_peer_wait(&p, 3600 * 1000);
    assert_int_equal(p.sent_count, 10);
    assert_int_equal(events(FLOW_TIMED_OUT), 1);
    segment_peer_wipe(&p);
}

static void a_syn_ack_is_sent_again_and_then_forgotten(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_say(&p, TCP_SYN, NULL);
    segment_peer_wait(&p, 62 * 1000);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->pending_now, 1);
    assert_int_equal(p.sent_count, 6);
    for (size_t i = 1; i < p.sent_count; i++) {
        assert_int_equal(p.sent[i].seq, p.sent[0].seq);
        int64_t wait = p.sent_at[i].us - p.sent_at[i - 1].us;
        assert_in_range(wait, 1000000LL << (i - 1), (1000000LL << (i - 1)) + 1000);
    }
    segment_peer_wait(&p, 3 * 1000);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->pending_now, 0);
    assert_int_equal(p.pair.hosts[1].events[FLOW_OPENED], 0);
    segment_peer_wipe(&p);
}

static void keep_no_handshakes(struct stack_setup *setup, int host)
{
    (void)host;
    setup->pending_max = 0;
}

static void a_cookie_holds_what_no_table_has_room_for(void **unused)
{
    (void)unused;
    struct tcp_options options = with_timestamps;
    options.has_mss = true;
    options.mss = 1460;
    options.has_scale = options.has_sack_permitted = true;
    options.scale = 5;
    segment_peer_init(&p, keep_no_handshakes);
    segment_peer_open(&p, &options);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->cookies_right, 1);
    struct flow_status status = flow_status(segment_peer_flow(&p));
    assert_int_equal(status.state, FLOW_STATE_ESTABLISHED);
    assert_true(status.has_sack && status.has_timestamps && status.has_scale);
    assert_int_equal(status.send_scale, 5);
    segment_peer_say(&p, TCP_ACK | TCP_PSH, "hello");
    assert_int_equal(events(FLOW_DATA), 1);
    segment_peer_wipe(&p);

    /* One that is not ours opens nothing. */
    segment_peer_init(&p, keep_no_handshakes);
    segment_peer_say(&p, TCP_SYN, NULL);
    uint32_t cookie = p.sent[0].seq;
    segment_peer_say_at(&p, p.next + 1, cookie + 2, TCP_ACK, NULL);
    assert_int_equal(segment_peer_last(&p)->flags, TCP_RST);
    assert_int_equal(events(FLOW_OPENED), 0);
    segment_peer_say_at(&p, p.next + 1, cookie + 1, TCP_ACK, NULL);
    assert_int_equal(events(FLOW_OPENED), 1);
    segment_peer_wipe(&p);
}

static void reach_time_wait(const struct tcp_options *options)
{
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, options);
    flow_close(segment_peer_flow(&p), p.pair.now);
    wire_pair_pump(&p.pair);
    p.ack++;
    segment_peer_say(&p, TCP_FIN | TCP_ACK, NULL);
    p.next++;
    assert_int_equal(state(), FLOW_STATE_TIME_WAIT);
    flow_release(segment_peer_flow(&p), p.pair.now);
    p.pair.hosts[1].flow = NULL;
    segment_peer_forget(&p);
}

static void time_wait_acknowledges_the_fin_again_and_lasts_anew(void **unused)
{
    (void)unused;
    reach_time_wait(NULL);
    segment_peer_wait(&p, 50 * 1000);
    segment_peer_say_at(&p, p.next - 1, p.ack, TCP_FIN | TCP_ACK, NULL);
    assert_int_equal(p.sent_count, 1);
    assert_int_equal(p.sent[0].ack, p.next);
    segment_peer_wait(&p, 50 * 1000);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->time_wait_now, 1);
    segment_peer_say_at(&p, p.next, 0, TCP_RST, NULL);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->time_wait_now, 1);
    segment_peer_wait(&p, 11 * 1000);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->time_wait_now, 0);
    segment_peer_wipe(&p);
}

static void a_flow_is_closed_when_time_wait_begins_and_its_end_is_told_to_nobody(void **unused)
{
    (void)unused;
    reach_time_wait(NULL);
    uint32_t before[sizeof(p.pair.hosts[1].events) / sizeof(uint32_t)];
    memcpy(before, p.pair.hosts[1].events, sizeof(before));
    assert_int_equal(before[FLOW_CLOSED], 1);
    segment_peer_wait(&p, 59 * 1000);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->time_wait_now, 1);
    segment_peer_wait(&p, 2 * 1000);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->time_wait_now, 0);
    assert_memory_equal(before, p.pair.hosts[1].events, sizeof(before));
    assert_int_equal(p.sent_count, 0);
    segment_peer_wipe(&p);
}

static void time_wait_gives_way_to_what_cannot_be_old(void **unused)
{
    (void)unused;
    reach_time_wait(&with_timestamps);
    /* Its number is older, its timestamp is newer: RFC 6191. */
    p.options = with_timestamps;
    p.options.timestamp = 1001;
    uint32_t old_next = p.ack;
    segment_peer_say_at(&p, p.next - 100, 0, TCP_SYN, NULL);
    assert_int_equal(p.sent_count, 1);
    assert_int_equal(p.sent[0].flags, TCP_SYN | TCP_ACK);
    assert_true(p.sent[0].seq - old_next < 1U << 31);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->time_wait_now, 0);
    segment_peer_wipe(&p);

    reach_time_wait(&with_timestamps);
    p.options = with_timestamps;
    p.options.timestamp = 999;
    segment_peer_say_at(&p, p.next + 100, 0, TCP_SYN, NULL);
    assert_int_equal(p.sent[0].flags, TCP_ACK);
    segment_peer_wipe(&p);
}

static void data_behind_a_hole_waits_and_is_reported(void **unused)
{
    (void)unused;
    struct tcp_options options = { .has_sack_permitted = true };
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, &options);
    segment_peer_say_at(&p, p.next + 5, p.ack, TCP_ACK | TCP_FIN, "world");
    assert_int_equal(events(FLOW_DATA), 0);
    assert_int_equal(p.sent_count, 1);
    assert_int_equal(p.sent[0].ack, p.next);
    assert_int_equal(p.sent[0].options.sack_count, 1);
    assert_int_equal(p.sent[0].options.sacks[0].begin, p.next + 5);
    assert_int_equal(p.sent[0].options.sacks[0].end, p.next + 10);
    /* The first octets win, whatever comes later for the same place. */
    segment_peer_say(&p, TCP_ACK, "helloXXX");
    assert_int_equal(p.pair.hosts[1].read_len, 10);
    assert_memory_equal(p.pair.hosts[1].read, "helloworld", 10);
    assert_int_equal(segment_peer_last(&p)->ack, p.next + 11);
    assert_int_equal(state(), FLOW_STATE_CLOSE_WAIT);
    segment_peer_wipe(&p);
}

static void what_was_received_before_is_reported_as_such(void **unused)
{
    (void)unused;
    struct tcp_options options = { .has_sack_permitted = true };
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, &options);
    segment_peer_say(&p, TCP_ACK, "hello");
    segment_peer_say(&p, TCP_ACK, "hello");
    assert_int_equal(segment_peer_last(&p)->ack, p.next + 5);
    assert_int_equal(segment_peer_last(&p)->options.sack_count, 1);
    assert_int_equal(segment_peer_last(&p)->options.sacks[0].begin, p.next);
    assert_int_equal(p.pair.hosts[1].read_len, 5);
    segment_peer_wipe(&p);
}

static void a_full_segment_leaves_sacks_to_an_acknowledgment_alone(void **unused)
{
    (void)unused;
    static uint8_t data[1460];
    struct tcp_options options = { .has_sack_permitted = true, .has_mss = true, .mss = 1460 };
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, &options);
    assert_int_equal(flow_send(segment_peer_flow(&p), bytes_of(data, sizeof(data)), p.pair.now),
                     sizeof(data));
    segment_peer_say_at(&p, p.next + 5, p.ack, TCP_ACK, "world");
    assert_int_equal(p.sent_count, 2);
    assert_int_equal(p.sent[0].payload.len, 1460);
    assert_int_equal(p.sent[0].options.sack_count, 0);
    assert_int_equal(p.sent[1].payload.len, 0);
    assert_int_equal(p.sent[1].options.sack_count, 1);
    segment_peer_wipe(&p);
}

static void a_half_open_connection_is_found_out(void **unused)
{
    (void)unused;
    /* Figure 9 of section 3.5.1: the peer has crashed and opens anew; our ACK makes it reset, which is for us. */
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    segment_peer_say_at(&p, 400000, 0, TCP_SYN, NULL);
    assert_int_equal(p.sent_count, 1);
    assert_int_equal(p.sent[0].flags, TCP_ACK);
    assert_int_equal(p.sent[0].ack, p.next);
    segment_peer_say_at(&p, p.sent[0].ack, 0, TCP_RST, NULL);
    assert_int_equal(events(FLOW_RESET), 1);
    segment_peer_wipe(&p);
}

static void the_owner_sets_the_class_and_the_time_to_live(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    struct flow *flow = segment_peer_flow(&p);
    struct flow_options options = flow_options(flow);
    assert_int_equal(options.dscp, 0);
    assert_int_equal(options.ttl, 64);
    options.dscp = 46;
    options.ttl = 7;
    flow_set_options(flow, &options, p.pair.now);
    assert_int_equal(flow_send(flow, BYTES_LITERAL("hello"), p.pair.now), 5);
    wire_pair_pump(&p.pair);
    segment_peer_wait(&p, 2000);
    assert_true(p.sent_count >= 2);
    for (size_t i = 0; i < p.sent_count; i++) {
        assert_int_equal(p.ip[i].dscp, 46);
        assert_int_equal(p.ip[i].ttl, 7);
    }
    segment_peer_wipe(&p);
}

static void nobody_talks_to_himself(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    p.peer = p.subject;
    segment_peer_say(&p, TCP_SYN, NULL);
    assert_int_equal(p.sent_count, 0);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->pending_now, 0);
    segment_peer_wipe(&p);
}

static void urgent_data_is_announced_both_ways(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    p.pair.hosts[1].keeps_data = true;
    struct tcp_segment s = {
        .seq = p.next,
        .ack = p.ack,
        .flags = TCP_ACK | TCP_URG,
        .window = 20000,
        .urgent_pointer = 8,
        .payload = BYTES_LITERAL("hello"),
    };
    wire_pair_feed_segment(&p.pair, 1, &p.peer, &p.subject, &s);
    wire_pair_pump(&p.pair);
    assert_int_equal(events(FLOW_URGENT), 1);
    assert_int_equal(flow_status(segment_peer_flow(&p)).unread_urgent, 8);
    flow_consume(segment_peer_flow(&p), 5, p.pair.now);
    assert_int_equal(flow_status(segment_peer_flow(&p)).unread_urgent, 3);
    segment_peer_forget(&p);
    assert_int_equal(flow_send(segment_peer_flow(&p), BYTES_LITERAL("now!"), p.pair.now), 4);
    flow_mark_urgent(segment_peer_flow(&p), p.pair.now);
    wire_pair_pump(&p.pair);
    assert_true(p.sent[0].flags & TCP_URG);
    assert_int_equal(p.sent[0].urgent_pointer, 4);
    segment_peer_wipe(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_change_of_a_state_is_told_whoever_keeps_the_connection),
        cmocka_unit_test(a_challenge_is_not_sent_to_everybody_who_asks),
        cmocka_unit_test(an_old_timestamp_is_of_an_old_segment),
        cmocka_unit_test(a_timestamp_with_an_impossible_acknowledgment_is_not_kept),
        cmocka_unit_test(a_closed_window_is_probed_for_as_long_as_the_peer_answers),
        cmocka_unit_test(probes_of_a_closed_window_come_at_intervals_that_double),
        cmocka_unit_test(a_peer_that_answers_no_probe_is_given_up),
        cmocka_unit_test(a_window_that_closes_over_what_is_in_flight_ends_nothing),
        cmocka_unit_test(small_writes_wait_for_the_last_small_one),
        cmocka_unit_test(a_small_piece_that_waits_does_not_hold_back_what_is_lost),
        cmocka_unit_test(what_nobody_acknowledges_is_sent_again_and_given_up_in_the_end),
        cmocka_unit_test(a_syn_is_tried_for_three_minutes),
        cmocka_unit_test(a_silent_peer_is_asked_whether_it_lives_if_the_owner_wants_that),
        cmocka_unit_test(a_syn_ack_is_sent_again_and_then_forgotten),
        cmocka_unit_test(a_cookie_holds_what_no_table_has_room_for),
        cmocka_unit_test(time_wait_acknowledges_the_fin_again_and_lasts_anew),
        cmocka_unit_test(a_flow_is_closed_when_time_wait_begins_and_its_end_is_told_to_nobody),
        cmocka_unit_test(time_wait_gives_way_to_what_cannot_be_old),
        cmocka_unit_test(data_behind_a_hole_waits_and_is_reported),
        cmocka_unit_test(what_was_received_before_is_reported_as_such),
        cmocka_unit_test(a_full_segment_leaves_sacks_to_an_acknowledgment_alone),
        cmocka_unit_test(a_half_open_connection_is_found_out),
        cmocka_unit_test(the_owner_sets_the_class_and_the_time_to_live),
        cmocka_unit_test(nobody_talks_to_himself),
        cmocka_unit_test(urgent_data_is_announced_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
