/* SPDX-License-Identifier: BSD-2-Clause */
/* A sender (sent_log, congestion) and a receiver (assembly) with a path between them that has a rate, a
 * queue, a delay, and loses, repeats and reorders what it carries. Everything must arrive, and in a time that
 * fits the path. */
#include "tcpip/tcp/assembly.h"
#include "tcpip/tcp/congestion.h"

#include "unit/tcpip/dice.h"

enum { MSS = 1000, PACKETS = 4096, BASE = 1000 };

struct conditions {
    enum congestion_kind kind;
    bool has_sack, has_block;
    uint32_t octets;
    int64_t delay_us;      /* each way */
    int64_t segment_us;    /* the path's rate: time for a segment */
    uint32_t queue;        /* segments it holds */
    uint32_t loss, repeat; /* one in so many, 0: none; acknowledgements are lost as often */
    uint32_t reorder;      /* one in so many takes 5 ms more */
};

struct packet {
    int64_t at; /* when it arrives; INT64_MAX: unused */
    bool is_ack;
    struct tcp_range data;
    uint32_t ack;
    struct tcp_range sacks[3];
    size_t sack_count;
};

struct world {
    struct conditions is;
    uint64_t dice;
    int64_t now, free_at;
    struct packet packets[PACKETS];
    struct sent_log log;
    struct sent_log_block log_block;
    struct congestion congestion;
    struct assembly assembly;
    struct assembly_block assembly_block;
    uint32_t next; /* RCV.NXT */
    uint64_t sent, needless;
};

static bool chance(struct world *w, uint32_t one_in)
{
    return one_in > 0 && dice_roll(&w->dice, one_in) == 0;
}

static void put(struct world *w, const struct packet *packet)
{
    size_t i = 0;
    while (i < PACKETS && w->packets[i].at != INT64_MAX)
        i++;
    if (i < PACKETS)
        w->packets[i] = *packet;
}

static void carry(struct world *w, struct packet packet)
{
    int64_t start = w->now;
    if (!packet.is_ack) { /* one after the other, and no more than the queue holds */
        start = w->free_at > w->now ? w->free_at : w->now;
        if (start - w->now > w->is.queue * w->is.segment_us)
            return;
        w->free_at = start + w->is.segment_us;
    }
    packet.at = start + w->is.delay_us + (chance(w, w->is.reorder) ? 5000 : 0);
    if (!chance(w, w->is.loss))
        put(w, &packet);
    packet.at += 10;
    if (chance(w, w->is.repeat))
        put(w, &packet);
}

/* ---- the sender ---- */

static void transmit(struct world *w, struct tcp_range range)
{
    w->sent += range.end - range.begin;
    sent_log_sent(&w->log, range.begin, range.end, at_us(w->now));
    congestion_sent(&w->congestion, &w->log, range.end - range.begin);
    carry(w, (struct packet){ .data = range });
}

static bool fresh(const struct world *w, struct tcp_range *range)
{
    uint32_t end = BASE + w->is.octets;
    *range = (struct tcp_range){ w->log.end, w->log.end + MSS };
    range->end = seq_earlier(range->end, end);
    return range->begin != end && w->log.end - w->log.begin < 2000 * MSS;
}

static void output(struct world *w)
{
    struct tcp_range again, new_data = { 0, 0 };
    for (;;) {
        if (w->is.has_block && sent_log_wants_block(&w->log))
            sent_log_lend_block(&w->log, &w->log_block);
        bool has_new = fresh(w, &new_data);
        if (congestion_room(&w->congestion, &w->log) < MSS)
            return;
        if (sent_log_next_lost(&w->log, MSS, has_new, &again))
            transmit(w, again);
        else if (has_new)
            transmit(w, new_data);
        else
            return;
    }
}

static void hear(struct world *w, const struct packet *packet)
{
    struct sent_log_ack ack = {
        .ack = packet->ack,
        .sacks = packet->sacks,
        .sack_count = w->is.has_sack ? packet->sack_count : 0,
        .may_be_duplicate = packet->ack == w->log.begin,
        .echo_at = INSTANT_NEVER,
    };
    struct sent_log_result result;
    sent_log_acked(&w->log, &ack, at_us(w->now), &result);
    congestion_acked(&w->congestion, &result, w->log.rto.smoothed_us, at_us(w->now));
    (void)sent_log_take_block(&w->log);
}

static void expire(struct world *w)
{
    struct sent_log_result result;
    struct tcp_range range;
    enum sent_log_expiry expiry = sent_log_expire(&w->log, at_us(w->now), &result);
    congestion_expired(&w->congestion, expiry, &result);
    if (expiry != SENT_LOG_PROBE)
        return;
    bool has_new = fresh(w, &range);
    if (sent_log_probe(&w->log, has_new, &range) || has_new)
        transmit(w, range);
}

/* ---- the receiver ---- */

static void receive(struct world *w, struct tcp_range data)
{
    if (seq_before(data.begin, w->next)) {
        assembly_duplicate(&w->assembly,
                           (struct tcp_range){ data.begin, seq_earlier(data.end, w->next) });
        w->needless += seq_count(data.begin, seq_earlier(data.end, w->next));
        data.begin = w->next;
    }
    if (data.begin == w->next && seq_before(data.begin, data.end))
        w->next = assembly_advance(&w->assembly, data.end);
    else if (seq_before(data.begin, data.end))
        (void)assembly_add(&w->assembly, data);
    struct packet answer = { .is_ack = true, .ack = w->next };
    answer.sack_count = assembly_sacks(&w->assembly, answer.sacks, 3);
    carry(w, answer);
}

static struct packet *next_packet(struct world *w)
{
    struct packet *first = w->packets;
    for (size_t i = 1; i < PACKETS; i++)
        if (w->packets[i].at < first->at)
            first = w->packets + i;
    return first;
}

static void step(struct world *w)
{
    struct packet *packet = next_packet(w);
    int64_t deadline = sent_log_deadline(&w->log).us;
    assert_true(packet->at != INT64_MAX || deadline != INT64_MAX);
    if (deadline < packet->at) {
        w->now = deadline > w->now ? deadline : w->now;
        expire(w);
    } else {
        struct packet arrived = *packet;
        packet->at = INT64_MAX;
        w->now = arrived.at;
        if (arrived.is_ack)
            hear(w, &arrived);
        else
            receive(w, arrived.data);
    }
    output(w);
}

/* Seconds that it took. */
static double transfer(const struct conditions *conditions, uint64_t seed, uint64_t *sent)
{
    static struct world w;
    w = (struct world){ .is = *conditions, .dice = seed, .now = 1000000, .next = BASE };
    for (size_t i = 0; i < PACKETS; i++)
        w.packets[i].at = INT64_MAX;
    sent_log_init(&w.log, BASE);
    sent_log_configure(&w.log, MSS, conditions->has_sack);
    congestion_init(&w.congestion, conditions->kind, MSS, MSS);
    assembly_init(&w.assembly);
    assembly_lend_block(&w.assembly, &w.assembly_block);
    output(&w);
    for (int steps = 0; w.log.begin != BASE + conditions->octets; steps++) {
        assert_in_range(steps, 0, 200000);
        step(&w);
    }
    assert_int_equal(w.next, BASE + conditions->octets);
    assert_true(assembly_is_empty(&w.assembly));
    *sent = w.sent;
    return (double)(w.now - 1000000) / 1e6;
}

/* ---- what is expected ---- */

/* 8 Mbit/s and 20 ms each way. */
static const struct conditions GOOD = {
    CONGESTION_CUBIC, true, true, 2000 * MSS, 20000, 1000, 60, 0, 0, 0,
};

static void a_good_path_is_filled(void **state)
{
    (void)state;
    for (int kind = CONGESTION_CUBIC; kind <= CONGESTION_RENO; kind++) {
        struct conditions c = GOOD;
        c.kind = (enum congestion_kind)kind;
        uint64_t sent;
        double seconds = transfer(&c, 1, &sent);
        assert_true(seconds < 2.0 / 0.85); /* 2 s at the path's rate */
        /* What slow start sent too much, and what more holes than can be noted cost. */
        assert_true((double)sent < (double)c.octets * 1.1);
    }
}

static void without_congestion_nothing_is_sent_twice(void **state)
{
    (void)state;
    struct conditions c = GOOD;
    c.queue = 4000;
    uint64_t sent;
    (void)transfer(&c, 1, &sent);
    assert_int_equal(sent, c.octets);
}

static void a_path_that_reorders_costs_little(void **state)
{
    (void)state;
    struct conditions c = GOOD;
    c.reorder = 100;
    c.queue = 4000;
    uint64_t sent;
    for (uint64_t seed = 1; seed < 4; seed++) {
        double seconds = transfer(&c, seed, &sent);
        assert_true(seconds < 2.0 / 0.8);
        assert_true((double)sent < (double)c.octets * 1.02);
    }
}

static void losses_are_repaired_without_timeouts(void **state)
{
    (void)state;
    struct conditions c = GOOD;
    c.loss = 100;
    uint64_t sent;
    for (uint64_t seed = 1; seed < 6; seed++) {
        double seconds = transfer(&c, seed, &sent);
        assert_true(seconds < 6);
        assert_true((double)sent < (double)c.octets * 1.12);
    }
}

static void everything_arrives_on_the_worst_of_paths(void **state)
{
    (void)state;
    struct conditions c = GOOD;
    c.octets = 100 * MSS + 7;
    c.loss = 5;
    c.repeat = 7;
    c.reorder = 4;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        uint64_t sent;
        c.kind = (enum congestion_kind)(seed % 3);
        c.has_sack = seed % 4 > 0;
        c.has_block = seed % 5 > 0;
        (void)transfer(&c, seed, &sent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_path_is_filled),
        cmocka_unit_test(without_congestion_nothing_is_sent_twice),
        cmocka_unit_test(a_path_that_reorders_costs_little),
        cmocka_unit_test(losses_are_repaired_without_timeouts),
        cmocka_unit_test(everything_arrives_on_the_worst_of_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
