/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows at rest: what an idle connection costs, and that nobody notices. */
#include "machine/wire_pair.h"
#include "tcpip/tcp/flow_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct wire_pair pair;
static uint8_t data[400000];

static struct flow *flow_of(int host)
{
    return pair.hosts[host].flow;
}

static bool is_at_rest(int host)
{
    return !flow_of(host)->work;
}

static void send_all(int host, size_t len)
{
    pair.hosts[1 - host].read_len = 0;
    assert_int_equal(flow_send(flow_of(host), bytes_of(data, len), pair.now), len);
    wire_pair_run(&pair, 5000);
    assert_int_equal(pair.hosts[1 - host].read_len, len);
    assert_memory_equal(pair.hosts[1 - host].read, data, len);
}

/* A connection that has carried something and is idle. */
static void begin(void)
{
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7 + i / 251);
    wire_pair_init(&pair, NULL);
    wire_pair_connect(&pair, 4);
    send_all(0, sizeof(data));
}

static void an_idle_flow_costs_512_octets_with_its_part_of_the_tables(void **unused)
{
    (void)unused;
    begin();
    const struct stack *stack = pair.hosts[0].stack;
    assert_true(is_at_rest(0) && is_at_rest(1));
    size_t entries = stack->setup.flow_max + stack->setup.pending_max + stack->setup.time_wait_max;
    size_t of_table = stack->table.count * sizeof(*stack->table.slots) / entries + 1;
    size_t all =
        sizeof(struct flow) + sizeof(struct wheel_node) + of_table + sizeof(*stack->free_flows);
    assert_true(all <= 512);
    wire_pair_wipe(&pair);
}

static void what_was_learned_of_the_path_is_kept_and_the_window_begins_anew(void **unused)
{
    (void)unused;
    begin();
    struct flow_status before = flow_status(flow_of(0));
    assert_true(is_at_rest(0)); /* asking does not wake it */
    assert_true(before.round_trip_us > 0);
    assert_true(before.congestion_window > 20 * (uint32_t)before.mss);
    pair.delay_us = 50000;
    assert_int_equal(flow_send(flow_of(0), bytes_of(data, sizeof(data)), pair.now), sizeof(data));
    wire_pair_pump(&pair);
    struct flow_status after = flow_status(flow_of(0));
    assert_false(is_at_rest(0));
    assert_int_equal(after.round_trip_us, before.round_trip_us);
    assert_int_equal(after.timeout_us, before.timeout_us);
    assert_int_equal(after.initial_sent, before.initial_sent);
    /* RFC 5681 section 4.1; the way up is no longer unknown. */
    assert_int_equal(after.congestion_window, 10 * (uint32_t)after.mss);
    assert_true(after.in_flight <= after.congestion_window);
    assert_true(after.slow_start_threshold >= before.congestion_window / 4 * 3);
    wire_pair_wipe(&pair);
}

static void it_sends_and_receives_and_rests_again(void **unused)
{
    (void)unused;
    begin();
    for (int i = 0; i < 6; i++) {
        send_all(i % 2, i < 3 ? 1 : sizeof(data));
        assert_true(is_at_rest(0) && is_at_rest(1));
    }
    flow_close(flow_of(0), pair.now);
    wire_pair_run(&pair, 5000);
    assert_int_equal(pair.hosts[1].events[FLOW_PEER_CLOSED], 1);
    /* Half closed: one waits for the other's FIN. */
    assert_true(is_at_rest(0) && is_at_rest(1));
    send_all(1, sizeof(data));
    flow_close(flow_of(1), pair.now);
    wire_pair_run(&pair, 5000);
    assert_int_equal(pair.hosts[0].events[FLOW_CLOSED], 1);
    assert_int_equal(pair.hosts[1].events[FLOW_CLOSED], 1);
    wire_pair_wipe(&pair);
}

static enum wire_fate cut(struct wire_pair *p, int from, struct wire_packet *packet)
{
    (void)p;
    (void)from;
    (void)packet;
    return WIRE_IS_LOST;
}

static void a_peer_that_is_gone_is_found_out_at_rest(void **unused)
{
    (void)unused;
    begin();
    struct flow_options options = flow_options(flow_of(0));
    options.keep_alive_ms = 10 * 1000;
    flow_set_options(flow_of(0), &options, pair.now);
    wire_pair_run(&pair, 60 * 1000);
    assert_true(is_at_rest(0));
    assert_int_equal(pair.hosts[0].events[FLOW_TIMED_OUT], 0);
    pair.filter = cut;
    wire_pair_run(&pair, 10 * 1000 * 11);
    assert_int_equal(pair.hosts[0].events[FLOW_TIMED_OUT], 1);
    wire_pair_wipe(&pair);
}

static void what_waits_for_a_window_does_not_rest(void **unused)
{
    (void)unused;
    begin();
    pair.hosts[1].keeps_data = true;
    while (flow_send(flow_of(0), bytes_of(data, sizeof(data)), pair.now) > 0)
        wire_pair_run(&pair, 1000);
    assert_int_equal(flow_status(flow_of(0)).send_window, 0);
    wire_pair_run(&pair, 10 * 1000);
    assert_false(is_at_rest(0));
    wire_pair_wipe(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_flow_costs_512_octets_with_its_part_of_the_tables),
        cmocka_unit_test(what_was_learned_of_the_path_is_kept_and_the_window_begins_anew),
        cmocka_unit_test(it_sends_and_receives_and_rests_again),
        cmocka_unit_test(a_peer_that_is_gone_is_found_out_at_rest),
        cmocka_unit_test(what_waits_for_a_window_does_not_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
