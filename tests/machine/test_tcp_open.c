/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections from their beginning to their end, over a perfect wire. */
#include "machine/wire_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct wire_pair pair;

static enum flow_state state(int host)
{
    return flow_status(pair.hosts[host].flow).state;
}

static void a_handshake_takes_three_segments(void **unused)
{
    (void)unused;
    for (int version = 4; version <= 6; version += 2) {
        wire_pair_init(&pair, NULL);
        wire_pair_connect(&pair, version);
        assert_int_equal(pair.sent[0], 2);
        assert_int_equal(pair.sent[1], 1);
        assert_int_equal(pair.hosts[0].events[FLOW_OPENED], 1);
        assert_int_equal(pair.hosts[1].events[FLOW_OPENED], 1);
        struct flow_status a = flow_status(pair.hosts[0].flow), b = flow_status(pair.hosts[1].flow);
        assert_int_equal(a.send_next, b.receive_next);
        assert_int_equal(a.receive_next, b.send_next);
        assert_int_equal(a.mss, 1500 - (version == 4 ? 40 : 60) - 12);
        assert_int_equal(b.mss, a.mss);
        assert_true(a.has_sack && a.has_timestamps && a.has_scale);
        assert_true(b.has_sack && b.has_timestamps && b.has_scale);
        assert_in_range(a.round_trip_us, 10000, 10999);
        assert_in_range(b.round_trip_us, 10000, 10999);
        wire_pair_wipe(&pair);
    }
}

static void what_is_sent_is_received_once_and_in_order(void **unused)
{
    (void)unused;
    static uint8_t data[300000];
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7 + i / 251);
    wire_pair_init(&pair, NULL);
    wire_pair_connect(&pair, 4);
    pair.hosts[0].to_send = data;
    pair.hosts[0].to_send_len = sizeof(data);
    size_t first = flow_send(pair.hosts[0].flow, bytes_of(data, 100000), pair.now);
    pair.hosts[0].to_send += first;
    pair.hosts[0].to_send_len -= first;
    size_t rest =
        flow_send(pair.hosts[0].flow, bytes_of(data + first, sizeof(data) - first), pair.now);
    assert_int_equal(first + rest, sizeof(data));
    pair.hosts[0].to_send = NULL;
    wire_pair_run(&pair, 2000);
    assert_int_equal(pair.hosts[1].read_len, sizeof(data));
    assert_memory_equal(pair.hosts[1].read, data, sizeof(data));
    assert_int_equal(stack_counts(pair.hosts[0].stack)->retransmitted, 0);
    assert_int_equal(pair.hosts[0].events[FLOW_ACKED], 1);
    assert_int_equal(stack_counts(pair.hosts[0].stack)->chunks_now, 0);
    assert_int_equal(stack_counts(pair.hosts[1].stack)->chunks_now, 0);
    wire_pair_wipe(&pair);
}

static void both_close_one_after_the_other(void **unused)
{
    (void)unused;
    wire_pair_init(&pair, NULL);
    wire_pair_connect(&pair, 4);
    struct flow *a = pair.hosts[0].flow, *b = pair.hosts[1].flow;
    assert_int_equal(flow_send(a, BYTES_LITERAL("bye"), pair.now), 3);
    flow_close(a, pair.now);
    assert_int_equal(state(0), FLOW_STATE_FIN_WAIT_1);
    wire_pair_run(&pair, 100);
    assert_int_equal(state(0), FLOW_STATE_FIN_WAIT_2);
    assert_int_equal(state(1), FLOW_STATE_CLOSE_WAIT);
    assert_int_equal(pair.hosts[1].events[FLOW_PEER_CLOSED], 1);
    assert_memory_equal(pair.hosts[1].read, "bye", 3);
    /* The other direction still works. */
    assert_int_equal(flow_send(b, BYTES_LITERAL("so long"), pair.now), 7);
    wire_pair_run(&pair, 100);
    assert_memory_equal(pair.hosts[0].read, "so long", 7);
    flow_close(b, pair.now);
    assert_int_equal(state(1), FLOW_STATE_LAST_ACK);
    wire_pair_run(&pair, 100);
    assert_int_equal(state(0), FLOW_STATE_TIME_WAIT);
    assert_int_equal(state(1), FLOW_STATE_CLOSED);
    assert_int_equal(pair.hosts[0].events[FLOW_CLOSED], 1);
    assert_int_equal(pair.hosts[1].events[FLOW_CLOSED], 1);
    flow_release(a, pair.now);
    flow_release(b, pair.now);
    const struct stack_counts *counts = stack_counts(pair.hosts[0].stack);
    assert_int_equal(counts->flows_now, 0);
    assert_int_equal(counts->time_wait_now, 1);
    wire_pair_run(&pair, 61 * 1000);
    assert_int_equal(stack_counts(pair.hosts[0].stack)->time_wait_now, 0);
    assert_int_equal(stack_deadline(pair.hosts[0].stack).us, INSTANT_NEVER.us);
    wire_pair_wipe(&pair);
}

static void both_close_at_once(void **unused)
{
    (void)unused;
    wire_pair_init(&pair, NULL);
    wire_pair_connect(&pair, 4);
    flow_close(pair.hosts[0].flow, pair.now);
    flow_close(pair.hosts[1].flow, pair.now);
    wire_pair_run(&pair, 7);
    assert_int_equal(state(0), FLOW_STATE_CLOSING);
    assert_int_equal(state(1), FLOW_STATE_CLOSING);
    wire_pair_run(&pair, 100);
    for (int host = 0; host < 2; host++) {
        assert_int_equal(state(host), FLOW_STATE_TIME_WAIT);
        assert_int_equal(pair.hosts[host].events[FLOW_CLOSED], 1);
    }
    wire_pair_wipe(&pair);
}

static void both_open_at_once(void **unused)
{
    (void)unused;
    wire_pair_init(&pair, NULL);
    for (int host = 0; host < 2; host++) {
        struct ip_endpoint to = wire_pair_endpoint(1 - host, 4, (uint16_t)(1000 + 1 - host));
        assert_int_equal(flow_connect(pair.hosts[host].stack, &to, (uint16_t)(1000 + host),
                                      pair.now, &pair.hosts[host].flow),
                         OK);
    }
    wire_pair_run(&pair, 7);
    assert_int_equal(state(0), FLOW_STATE_SYN_RECEIVED);
    assert_int_equal(state(1), FLOW_STATE_SYN_RECEIVED);
    wire_pair_run(&pair, 100);
    for (int host = 0; host < 2; host++) {
        assert_int_equal(state(host), FLOW_STATE_ESTABLISHED);
        assert_int_equal(pair.hosts[host].events[FLOW_OPENED], 1);
    }
    assert_int_equal(flow_send(pair.hosts[0].flow, BYTES_LITERAL("hello"), pair.now), 5);
    wire_pair_run(&pair, 100);
    assert_int_equal(pair.hosts[1].read_len, 5);
    wire_pair_wipe(&pair);
}

/* RFC 7323 section 2.2: that of a SYN-ACK is not scaled. */
static void the_window_of_both_who_open_at_once_is_what_their_segments_say(void **unused)
{
    (void)unused;
    static const uint8_t data[2000];
    wire_pair_init(&pair, NULL);
    for (int host = 0; host < 2; host++) {
        struct ip_endpoint to = wire_pair_endpoint(1 - host, 4, (uint16_t)(1000 + 1 - host));
        assert_int_equal(flow_connect(pair.hosts[host].stack, &to, (uint16_t)(1000 + host),
                                      pair.now, &pair.hosts[host].flow),
                         OK);
        struct flow_options options = flow_options(pair.hosts[host].flow);
        options.receive_max = 500;
        flow_set_options(pair.hosts[host].flow, &options, pair.now);
    }
    wire_pair_run(&pair, 12); /* the SYN-ACKs have come, and nothing else */
    assert_int_equal(state(0), FLOW_STATE_ESTABLISHED);
    assert_int_equal(flow_send(pair.hosts[0].flow, bytes_of(data, sizeof(data)), pair.now),
                     sizeof(data));
    wire_pair_pump(&pair);
    struct flow_status status = flow_status(pair.hosts[0].flow);
    assert_true(status.send_next - status.send_begin <= 512);
    wire_pair_wipe(&pair);
}

static void a_port_without_a_listener_refuses(void **unused)
{
    (void)unused;
    wire_pair_init(&pair, NULL);
    struct ip_endpoint to = wire_pair_endpoint(1, 6, 81);
    assert_int_equal(flow_connect(pair.hosts[0].stack, &to, 0, pair.now, &pair.hosts[0].flow), OK);
    wire_pair_run(&pair, 100);
    assert_int_equal(pair.hosts[0].events[FLOW_REFUSED], 1);
    assert_int_equal(state(0), FLOW_STATE_CLOSED);
    flow_release(pair.hosts[0].flow, pair.now);
    assert_int_equal(stack_counts(pair.hosts[0].stack)->flows_now, 0);
    wire_pair_wipe(&pair);
}

static struct ip_address address_of(const char *text)
{
    struct ip_address address;
    assert_true(ip_address_parse(bytes_text(text), &address));
    return address;
}

static void have_more_addresses(struct stack_setup *setup, int host)
{
    if (host == 1)
        return;
    setup->addresses[setup->address_count++] = address_of("192.0.2.10");
    setup->networks[setup->network_count++] =
        (struct stack_network){ address_of("2001:db8:7::"), 48 };
}

/* MUST-43: and a wrong one is refused. */
static void an_owner_may_name_the_address_that_he_opens_from(void **unused)
{
    (void)unused;
    static const struct {
        const char *from; /* NULL: looked up */
        const char *is;   /* NULL: refused */
        int version;
        uint16_t port;
    } cases[] = {
        { NULL, "192.0.2.1", 4, 0 },
        { NULL, "2001:db8::1", 6, 4711 },
        { "192.0.2.10", "192.0.2.10", 4, 0 },
        { "2001:db8:7::99", "2001:db8:7::99", 6, 4711 }, /* one of our network */
        { "192.0.2.11", NULL, 4, 0 },                    /* somebody else's */
        { "192.0.2.10", NULL, 6, 0 },                    /* of another version */
        { "2001:db8:8::99", NULL, 6, 0 },
        { "224.0.0.1", NULL, 4, 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        wire_pair_init(&pair, have_more_addresses);
        struct wire_host *host = &pair.hosts[0];
        struct ip_endpoint to = wire_pair_endpoint(1, cases[i].version, 80);
        struct ip_endpoint from = { .port = cases[i].port };
        if (cases[i].from)
            from.address = address_of(cases[i].from);
        assert_int_equal(flow_listen(pair.hosts[1].stack, 80, false), OK);
        enum err err = flow_connect_from(host->stack, &from, &to, pair.now, &host->flow);
        assert_int_equal(err, cases[i].is ? OK : ERR_BAD_VALUE);
        assert_int_equal(stack_counts(host->stack)->flows_now, cases[i].is ? 1 : 0);
        wire_pair_run(&pair, 100);
        if (cases[i].is) {
            const struct ip_address is = address_of(cases[i].is);
            const struct flow_status near = flow_status(host->flow);
            const struct flow_status far = flow_status(pair.hosts[1].flow);
            assert_int_equal(state(0), FLOW_STATE_ESTABLISHED);
            assert_true(ip_address_equal(&near.local.address, &is));
            assert_true(ip_address_equal(&far.remote.address, &is));
            assert_true(cases[i].port == 0 || near.local.port == cases[i].port);
        }
        wire_pair_wipe(&pair);
    }
}

static void data_that_waits_is_sent_after_the_handshake(void **unused)
{
    (void)unused;
    wire_pair_init(&pair, NULL);
    struct ip_endpoint to = wire_pair_endpoint(1, 4, 80);
    assert_int_equal(flow_listen(pair.hosts[1].stack, 80, false), OK);
    assert_int_equal(flow_connect(pair.hosts[0].stack, &to, 0, pair.now, &pair.hosts[0].flow), OK);
    assert_int_equal(flow_send(pair.hosts[0].flow, BYTES_LITERAL("early"), pair.now), 5);
    flow_close(pair.hosts[0].flow, pair.now);
    assert_int_equal(state(0), FLOW_STATE_CLOSED); /* section 3.10.4: a CLOSE in SYN-SENT ends it */
    wire_pair_run(&pair, 100);
    assert_int_equal(pair.hosts[0].events[FLOW_CLOSED], 1);
    flow_release(pair.hosts[0].flow, pair.now);
    assert_int_equal(flow_connect(pair.hosts[0].stack, &to, 0, pair.now, &pair.hosts[0].flow), OK);
    assert_int_equal(flow_send(pair.hosts[0].flow, BYTES_LITERAL("early"), pair.now), 5);
    wire_pair_run(&pair, 100);
    assert_int_equal(pair.hosts[1].read_len, 5);
    wire_pair_wipe(&pair);
}

static void defer(struct wire_pair *p)
{
    struct ip_endpoint to = wire_pair_endpoint(1, 4, 80);
    assert_int_equal(flow_listen(p->hosts[1].stack, 80, true), OK);
    assert_int_equal(flow_connect(p->hosts[0].stack, &to, 0, p->now, &p->hosts[0].flow), OK);
    wire_pair_run(p, 2500); /* the SYN comes again meanwhile */
    assert_int_equal(p->hosts[1].events[FLOW_ASKED], 1);
    assert_int_equal(p->sent[1], 0);
    assert_true(p->sent[0] >= 2);
}

static void a_deferred_listener_answers_when_its_owner_has_decided(void **unused)
{
    (void)unused;
    wire_pair_init(&pair, NULL);
    defer(&pair);
    flow_admit(pair.hosts[1].flow, pair.now);
    wire_pair_run(&pair, 100);
    assert_int_equal(state(0), FLOW_STATE_ESTABLISHED);
    assert_int_equal(state(1), FLOW_STATE_ESTABLISHED);
    assert_int_equal(flow_send(pair.hosts[0].flow, BYTES_LITERAL("hello"), pair.now), 5);
    wire_pair_run(&pair, 100);
    assert_int_equal(pair.hosts[1].read_len, 5);
    wire_pair_wipe(&pair);

    wire_pair_init(&pair, NULL);
    defer(&pair);
    flow_refuse(pair.hosts[1].flow, FLOW_REFUSE_RESET, pair.now);
    wire_pair_run(&pair, 100);
    assert_int_equal(pair.hosts[0].events[FLOW_REFUSED], 1);
    assert_int_equal(stack_counts(pair.hosts[1].stack)->flows_now, 0);
    wire_pair_wipe(&pair);
}

static void an_abort_resets_the_other_end(void **unused)
{
    (void)unused;
    wire_pair_init(&pair, NULL);
    wire_pair_connect(&pair, 4);
    flow_abort(pair.hosts[0].flow, pair.now);
    assert_int_equal(stack_counts(pair.hosts[0].stack)->flows_now, 0);
    wire_pair_run(&pair, 100);
    assert_int_equal(pair.hosts[1].events[FLOW_RESET], 1);
    wire_pair_wipe(&pair);
}

static void data_for_an_owner_who_is_gone_resets(void **unused)
{
    (void)unused;
    wire_pair_init(&pair, NULL);
    wire_pair_connect(&pair, 4);
    flow_release(pair.hosts[0].flow, pair.now);
    wire_pair_run(&pair, 100);
    assert_int_equal(pair.hosts[1].events[FLOW_PEER_CLOSED], 1);
    assert_int_equal(stack_counts(pair.hosts[0].stack)->flows_now, 1);
    assert_int_equal(flow_send(pair.hosts[1].flow, BYTES_LITERAL("hello"), pair.now), 5);
    wire_pair_run(&pair, 100);
    assert_int_equal(pair.hosts[1].events[FLOW_RESET], 1);
    assert_int_equal(stack_counts(pair.hosts[0].stack)->flows_now, 0);
    wire_pair_wipe(&pair);
}

static void what_is_not_consumed_closes_the_window_until_it_is(void **unused)
{
    (void)unused;
    static uint8_t data[1 << 20];
    memset(data, 'x', sizeof(data));
    wire_pair_init(&pair, NULL);
    wire_pair_connect(&pair, 4);
    pair.hosts[1].keeps_data = true;
    assert_int_equal(flow_send(pair.hosts[0].flow, bytes_of(data, sizeof(data)), pair.now),
                     sizeof(data));
    wire_pair_run(&pair, 30000);
    struct flow_status b = flow_status(pair.hosts[1].flow);
    assert_true(b.unread >= 65535 - 1448 && b.unread < sizeof(data));
    assert_true(flow_status(pair.hosts[0].flow).send_window < 1448);
    assert_int_equal(stack_counts(pair.hosts[0].stack)->retransmitted, 0);
    /* It opens again. */
    size_t got = 0;
    for (int i = 0; i < 100000 && got < sizeof(data); i++) {
        struct bytes piece = flow_received(pair.hosts[1].flow);
        got += piece.len;
        flow_consume(pair.hosts[1].flow, piece.len, pair.now);
        wire_pair_run(&pair, 1);
    }
    assert_int_equal(got, sizeof(data));
    wire_pair_wipe(&pair);
}

/* SHLD-3 is about data; there is none yet, and the peer may never send any. */
static void who_abandons_what_is_not_open_yet_leaves_nothing(void **unused)
{
    (void)unused;
    for (int said = 0; said < 2; said++) {
        wire_pair_init(&pair, NULL);
        struct stack *stack = pair.hosts[0].stack;
        struct ip_endpoint to = wire_pair_endpoint(1, 4, 80);
        assert_int_equal(flow_listen(pair.hosts[1].stack, 80, false), OK);
        assert_int_equal(flow_connect(stack, &to, 0, pair.now, &pair.hosts[0].flow), OK);
        wire_pair_pump(&pair);
        if (said)
            assert_int_equal(flow_send(pair.hosts[0].flow, BYTES_LITERAL("hello"), pair.now), 5);
        flow_abandon(pair.hosts[0].flow, pair.now);
        pair.hosts[0].flow = NULL;
        wire_pair_run(&pair, 10 * 1000);
        assert_int_equal(stack_counts(stack)->flows_now, 0);
        /* What was handed over is delivered first. */
        assert_int_equal(pair.hosts[1].read_len, said ? 5 : 0);
        assert_int_equal(pair.hosts[1].events[FLOW_RESET], said);
        wire_pair_wipe(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handshake_takes_three_segments),
        cmocka_unit_test(what_is_sent_is_received_once_and_in_order),
        cmocka_unit_test(both_close_one_after_the_other),
        cmocka_unit_test(both_close_at_once),
        cmocka_unit_test(both_open_at_once),
        cmocka_unit_test(the_window_of_both_who_open_at_once_is_what_their_segments_say),
        cmocka_unit_test(a_port_without_a_listener_refuses),
        cmocka_unit_test(an_owner_may_name_the_address_that_he_opens_from),
        cmocka_unit_test(data_that_waits_is_sent_after_the_handshake),
        cmocka_unit_test(a_deferred_listener_answers_when_its_owner_has_decided),
        cmocka_unit_test(an_abort_resets_the_other_end),
        cmocka_unit_test(data_for_an_owner_who_is_gone_resets),
        cmocka_unit_test(what_is_not_consumed_closes_the_window_until_it_is),
        cmocka_unit_test(who_abandons_what_is_not_open_yet_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
