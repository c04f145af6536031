/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections over a wire that loses, repeats and delays packets. */
#include "machine/wire_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct wire_pair pair;
static uint8_t data[400000];

struct weather {
    unsigned lost, twice, late; /* of a thousand packets */
};

static enum wire_fate weather(struct wire_pair *p, int from, struct wire_packet *packet)
{
    (void)from;
    (void)packet;
    const struct weather *w = p->context;
    p->random = p->random * 6364136223846793005ULL + 1442695040888963407ULL;
    unsigned dice = (unsigned)(p->random >> 33) % 1000;
    if (dice < w->lost)
        return WIRE_IS_LOST;
    if (dice < w->lost + w->twice)
        return WIRE_COMES_TWICE;
    return dice < w->lost + w->twice + w->late ? WIRE_COMES_LATE : WIRE_PASSES;
}

static void fill(void)
{
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7 + i / 251);
}

/* Both send everything and close; nothing is lost, nothing doubled, and all memory comes back. */
static void exchange(uint64_t seed, struct weather *w)
{
    wire_pair_init(&pair, NULL);
    pair.random = seed;
    pair.filter = weather;
    pair.context = w;
    struct ip_endpoint to = wire_pair_endpoint(1, seed % 2 ? 4 : 6, 80);
    assert_int_equal(flow_listen(pair.hosts[1].stack, 80, false), OK);
    assert_int_equal(flow_connect(pair.hosts[0].stack, &to, 0, pair.now, &pair.hosts[0].flow), OK);
    for (int host = 0; host < 2; host++) {
        pair.hosts[host].to_send = data;
        pair.hosts[host].to_send_len = sizeof(data) / (1 + (size_t)host);
        pair.hosts[host].closes_after_sending = true;
    }
    wire_pair_run(&pair, 170 * 1000);
    for (int host = 0; host < 2; host++) {
        struct wire_host *h = &pair.hosts[host];
        assert_int_equal(h->events[FLOW_OPENED], 1);
        assert_int_equal(h->read_len, sizeof(data) / (2 - (size_t)host));
        assert_memory_equal(h->read, data, h->read_len);
        assert_int_equal(h->events[FLOW_PEER_CLOSED], 1);
        assert_int_equal(h->events[FLOW_CLOSED], 1);
        flow_release(h->flow, pair.now);
        const struct stack_counts *counts = stack_counts(h->stack);
        assert_int_equal(counts->flows_now, 0);
        assert_int_equal(counts->chunks_now, 0);
        assert_int_equal(counts->pending_now, 0);
    }
    wire_pair_wipe(&pair);
}

static void a_wire_that_loses_delivers_all(void **unused)
{
    (void)unused;
    fill();
    for (uint64_t seed = 1; seed <= 20; seed++)
        exchange(seed, &(struct weather){ .lost = 10 * (unsigned)(seed % 6) });
}

static void a_wire_that_repeats_and_delays_delivers_all(void **unused)
{
    (void)unused;
    fill();
    for (uint64_t seed = 1; seed <= 20; seed++)
        exchange(seed, &(struct weather){ .twice = 50, .late = 100 });
}

static void a_wire_that_does_everything_delivers_all(void **unused)
{
    (void)unused;
    fill();
    for (uint64_t seed = 1; seed <= 20; seed++)
        exchange(seed, &(struct weather){ .lost = 50, .twice = 50, .late = 50 });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wire_that_loses_delivers_all),
        cmocka_unit_test(a_wire_that_repeats_and_delays_delivers_all),
        cmocka_unit_test(a_wire_that_does_everything_delivers_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
