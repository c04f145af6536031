/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/rack.h"

/* ---- the wait ---- */

void rack_window_init(struct rack_window *w)
{
    *w = (struct rack_window){ .quarters = 1 };
}

void rack_window_duplicate(struct rack_window *w, uint32_t begin, uint32_t end)
{
    if (w->has_round && seq_before(begin, w->round_end))
        return;
    w->has_round = true;
    w->round_end = end;
    w->persist = RACK_PERSIST;
    if (w->quarters < UINT8_MAX)
        w->quarters++;
}

void rack_window_recovered(struct rack_window *w)
{
    if (w->persist > 0)
        w->persist--;
    if (w->persist == 0)
        w->quarters = 1;
}

uint32_t rack_window_us(const struct rack_window *w, uint32_t min_us, uint32_t smoothed_us,
                        bool is_impatient)
{
    if (!w->is_reordering && is_impatient)
        return 0;
    uint64_t wait = (uint64_t)min_us * w->quarters / 4;
    return (uint32_t)(wait < smoothed_us ? wait : smoothed_us) + RACK_TICK_US;
}

/* ---- what has arrived ---- */

void rack_init(struct rack *rack, uint32_t begin)
{
    *rack = (struct rack){ .forward = begin, .wait_at = INSTANT_NEVER };
}

void rack_forget(struct rack *rack)
{
    rack_init(rack, rack->forward);
}

/* RACK_sent_after */
static bool was_sent_after(struct instant at, uint32_t end, struct instant than_at,
                           uint32_t than_end)
{
    return at.us > than_at.us || (at.us == than_at.us && seq_after(end, than_end));
}

/* Whether it may be the first transmission that has arrived, not the last. */
static bool is_ambiguous(const struct sent_range *range, int64_t round_trip_us, uint32_t min_us,
                         struct instant echo_at)
{
    return range->was_sent_again && (round_trip_us < min_us || echo_at.us <= range->sent_at.us);
}

static void note_order(struct rack *rack, struct rack_window *w, const struct sent_range *range)
{
    if (seq_before(rack->forward, range->end))
        rack->forward = range->end;
    else if (seq_before(range->end, rack->forward) && !range->was_sent_again)
        w->is_reordering = true;
}

void rack_arrived(struct rack *rack, struct rack_window *w, const struct sent_range *range,
                  uint32_t min_us, struct instant echo_at, struct instant now)
{
    note_order(rack, w, range);
    int64_t round_trip_us = now.us - range->sent_at.us;
    if (round_trip_us < 0 || is_ambiguous(range, round_trip_us, min_us, echo_at))
        return;
    if (rack->has_arrival && !was_sent_after(range->sent_at, range->end, rack->sent_at, rack->end))
        return;
    rack->has_arrival = true;
    rack->was_sent_again = range->was_sent_again;
    rack->sent_at = range->sent_at;
    rack->end = range->end;
    rack->round_trip_us = round_trip_us < UINT32_MAX ? (uint32_t)round_trip_us : UINT32_MAX;
}

/* ---- what is lost ---- */

/* A retransmission counts as sent after new data of the same tick, whatever its numbers. */
static bool is_tie(const struct rack *rack, const struct sent_range *range)
{
    return range->was_sent_again && !rack->was_sent_again && range->sent_at.us == rack->sent_at.us;
}

/* How much longer to wait for a range; 0: it is lost. Negative: nothing sent later has arrived. */
static int64_t wait_for(const struct rack *rack, const struct sent_range *range, uint32_t window_us,
                        struct instant now)
{
    if (range->is_sacked || range->is_lost || is_tie(rack, range) ||
        !was_sent_after(rack->sent_at, rack->end, range->sent_at, range->end))
        return -1;
    int64_t left = range->sent_at.us + rack->round_trip_us + window_us - now.us;
    return left > 0 ? left : 0;
}

uint32_t rack_detect(struct rack *rack, struct sent_ranges *ranges, uint32_t window_us,
                     struct instant now)
{
    rack->wait_at = INSTANT_NEVER;
    if (!rack->has_arrival)
        return 0;
    uint32_t before = ranges->lost;
    int64_t longest = 0;
    for (size_t i = 0; i < ranges->count; i++) {
        int64_t left = wait_for(rack, sent_ranges_at(ranges, i), window_us, now);
        if (left == 0)
            sent_ranges_set_lost(ranges, i);
        else if (left > longest)
            longest = left;
    }
    if (longest > 0)
        rack->wait_at = (struct instant){ now.us + longest };
    return ranges->lost - before;
}
