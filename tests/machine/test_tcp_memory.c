/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens when a stack's memory is used up: less is taken, nobody else suffers, and it goes on when there is some. */
#include "machine/segment_peer.h"
#include "tcpip/stack_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct wire_pair pair;
static uint8_t data[1 << 20];

static void use_few_chunks(struct stack_setup *setup, int host)
{
    setup->chunk_max = host == 0 ? 32 : 1024;
    setup->flow_max = 2;
}

static struct flow *open_another(void)
{
    struct ip_endpoint to = wire_pair_endpoint(1, 4, 80);
    struct flow *flow;
    assert_int_equal(flow_connect(pair.hosts[0].stack, &to, 0, pair.now, &flow), OK);
    wire_pair_run(&pair, 100);
    assert_int_equal(flow_status(flow).state, FLOW_STATE_ESTABLISHED);
    return flow;
}

static void one_flow_does_not_take_all_chunks_and_others_hear_when_there_are_more(void **unused)
{
    (void)unused;
    wire_pair_init(&pair, use_few_chunks);
    wire_pair_connect(&pair, 4);
    struct flow *first = pair.hosts[0].flow, *second = open_another();
    pair.delay_us = 50000;
    assert_true(flow_send(first, bytes_of(data, sizeof(data)), pair.now) < sizeof(data));
    size_t sent = flow_send(second, bytes_of(data, sizeof(data)), pair.now);
    assert_true(sent > 0 && sent < sizeof(data));
    memset(pair.hosts[0].events, 0, sizeof(pair.hosts[0].events));
    wire_pair_run(&pair, 5000);
    assert_true(pair.hosts[0].events[FLOW_ROOM] >= 2);
    assert_int_equal(stack_counts(pair.hosts[0].stack)->chunks_now, 0);
    wire_pair_wipe(&pair);
}

static void keep_little(struct stack_setup *setup, int host)
{
    if (host == 1)
        setup->chunk_max = 8;
}

static void what_there_is_no_memory_for_comes_again(void **unused)
{
    (void)unused;
    wire_pair_init(&pair, keep_little);
    wire_pair_connect(&pair, 4);
    pair.hosts[1].keeps_data = true;
    size_t sent = flow_send(pair.hosts[0].flow, bytes_of(data, sizeof(data)), pair.now);
    assert_int_equal(sent, sizeof(data));
    wire_pair_run(&pair, 5000);
    assert_true(stack_counts(pair.hosts[1].stack)->chunks_now <= 8);
    size_t got = 0;
    for (int i = 0; i < 20000 && got < sizeof(data); i++) {
        struct bytes piece = flow_received(pair.hosts[1].flow);
        got += piece.len;
        flow_consume(pair.hosts[1].flow, piece.len, pair.now);
        wire_pair_run(&pair, 5);
    }
    assert_int_equal(got, sizeof(data));
    wire_pair_wipe(&pair);
}

static void without_a_flow_a_connection_waits_or_is_refused_to_the_owner(void **unused)
{
    (void)unused;
    wire_pair_init(&pair, use_few_chunks);
    wire_pair_connect(&pair, 4);
    struct flow *first = pair.hosts[0].flow, *third = NULL;
    open_another();
    struct ip_endpoint to = wire_pair_endpoint(1, 4, 80);
    assert_int_equal(flow_connect(pair.hosts[0].stack, &to, 0, pair.now, &third), ERR_NO_SPACE);
    assert_null(third);
    flow_abort(first, pair.now);
    assert_int_equal(flow_connect(pair.hosts[0].stack, &to, 0, pair.now, &third), OK);
    wire_pair_wipe(&pair);
}

static struct segment_peer peer;

static void have_three_chunks(struct stack_setup *setup, int host)
{
    (void)host;
    setup->chunk_max = 3;
}

static void what_was_accepted_with_the_last_chunks_is_there(void **unused)
{
    (void)unused;
    enum { PIECE = 1300, PIECES = 13 };
    char text[PIECE + 1];
    segment_peer_init(&peer, have_three_chunks);
    peer.pair.hosts[1].keeps_data = true;
    segment_peer_open(&peer, NULL);
    for (int i = 0; i < PIECES; i++) {
        memset(text, 'a' + i, PIECE);
        text[PIECE] = 0;
        segment_peer_say(&peer, TCP_ACK, text);
        peer.next += PIECE;
    }
    struct flow *flow = segment_peer_flow(&peer);
    uint32_t unread = flow_status(flow).unread, read = 0;
    assert_true(unread > 16384);
    for (struct bytes piece; (piece = flow_received(flow)).len > 0; read += (uint32_t)piece.len) {
        for (size_t i = 0; i < piece.len; i++)
            assert_int_equal(piece.data[i], 'a' + (read + i) / PIECE);
        flow_consume(flow, piece.len, peer.pair.now);
    }
    assert_int_equal(read, unread);
    assert_int_equal(stack_counts(peer.pair.hosts[1].stack)->chunks_now, 0);
    segment_peer_wipe(&peer);
}

static void a_scoreboard_that_was_not_to_be_had_is_made_when_it_is_needed(void **unused)
{
    (void)unused;
    enum { BLOCKS = 4096, LEN = 536 };
    static void *blocks[BLOCKS];
    segment_peer_init(&peer, NULL);
    segment_peer_open(&peer, &(struct tcp_options){ .has_sack_permitted = true });
    struct stack *stack = peer.pair.hosts[1].stack;
    size_t count = 0;
    while ((blocks[count] = block_pool_take(&stack->sent_blocks)))
        count++;
    assert_int_equal(flow_send(segment_peer_flow(&peer), bytes_of(data, 8 * LEN), peer.pair.now),
                     8 * LEN);
    wire_pair_pump(&peer.pair);
    while (count > 0)
        block_pool_give(&stack->sent_blocks, blocks[--count]);
    /* The first is lost, the next five have come. */
    peer.options.sack_count = 1;
    peer.options.sacks[0] = (struct tcp_range){ peer.ack + LEN, peer.ack + 6 * LEN };
    segment_peer_forget(&peer);
    segment_peer_say(&peer, TCP_ACK, NULL);
    assert_int_equal(peer.sent_count, 1);
    assert_int_equal(peer.sent[0].seq, peer.ack);
    assert_int_equal(flow_status(segment_peer_flow(&peer)).in_flight, 3 * LEN);
    segment_peer_wipe(&peer);
}

static struct segment_peer p;

static void have_two_chunks(struct stack_setup *setup, int host)
{
    if (host == 1)
        setup->chunk_max = 2;
}

/* Or two hosts whose memory is full of what the other does not take would wait for each other for ever. */
static void what_fits_into_a_chunk_that_is_there_needs_no_other(void **unused)
{
    (void)unused;
    segment_peer_init(&p, have_two_chunks);
    segment_peer_open(&p, NULL);
    p.pair.hosts[1].keeps_data = true;
    segment_peer_say(&p, TCP_ACK | TCP_PSH, "a");
    p.next++;
    assert_int_equal(flow_send(segment_peer_flow(&p), BYTES_LITERAL("mine"), p.pair.now), 4);
    wire_pair_pump(&p.pair);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->chunks_now, 2);
    segment_peer_say_at(&p, p.next + 1, p.ack, TCP_ACK | TCP_PSH, "c");
    segment_peer_say(&p, TCP_ACK | TCP_PSH, "b");
    segment_peer_wait(&p, 1000);
    assert_int_equal(segment_peer_last(&p)->ack, p.next + 2);
    struct bytes got = flow_received(segment_peer_flow(&p));
    assert_int_equal(got.len, 3);
    assert_memory_equal(got.data, "abc", 3);
    segment_peer_wipe(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_flow_does_not_take_all_chunks_and_others_hear_when_there_are_more),
        cmocka_unit_test(what_there_is_no_memory_for_comes_again),
        cmocka_unit_test(what_was_accepted_with_the_last_chunks_is_there),
        cmocka_unit_test(a_scoreboard_that_was_not_to_be_had_is_made_when_it_is_needed),
        cmocka_unit_test(without_a_flow_a_connection_waits_or_is_refused_to_the_owner),
        cmocka_unit_test(what_fits_into_a_chunk_that_is_there_needs_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
