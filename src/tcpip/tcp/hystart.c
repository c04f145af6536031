/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/hystart.h"

#include "tcpip/tcp/seq.h"

void hystart_init(struct hystart *h)
{
    *h = (struct hystart){ .last_min_us = UINT32_MAX, .current_min_us = UINT32_MAX };
}

static void begin_round(struct hystart *h, uint32_t end)
{
    h->has_round = true;
    h->round_end = end;
    h->last_min_us = h->current_min_us;
    h->current_min_us = UINT32_MAX;
    h->samples = 0;
}

static void note(struct hystart *h, uint32_t round_trip_us)
{
    if (round_trip_us == 0)
        return;
    if (round_trip_us < h->current_min_us)
        h->current_min_us = round_trip_us;
    if (h->samples < HYSTART_SAMPLES)
        h->samples++;
}

static bool is_delayed(const struct hystart *h)
{
    if (h->samples < HYSTART_SAMPLES || h->last_min_us == UINT32_MAX)
        return false;
    uint32_t threshold = h->last_min_us / HYSTART_DIVISOR;
    if (threshold < HYSTART_MIN_THRESHOLD_US)
        threshold = HYSTART_MIN_THRESHOLD_US;
    if (threshold > HYSTART_MAX_THRESHOLD_US)
        threshold = HYSTART_MAX_THRESHOLD_US;
    return h->current_min_us >= (uint64_t)h->last_min_us + threshold;
}

static void judge(struct hystart *h)
{
    if (h->baseline_us == 0 && is_delayed(h)) {
        h->baseline_us = h->current_min_us;
        h->rounds = 0;
    } else if (h->samples >= HYSTART_SAMPLES && h->current_min_us < h->baseline_us) {
        h->baseline_us = 0;
    }
}

uint32_t hystart_acked(struct hystart *h, uint32_t octets, uint32_t round_trip_us, uint32_t begin,
                       uint32_t end, bool *is_over)
{
    if (!h->has_round)
        begin_round(h, end);
    note(h, round_trip_us);
    judge(h);
    uint32_t growth = h->baseline_us == 0 ? octets : octets / HYSTART_CSS_DIVISOR;
    if (seq_until(h->round_end, begin)) {
        if (h->baseline_us > 0)
            h->rounds++;
        h->has_round = false; /* what is sent in response belongs to the next round */
    }
    *is_over = h->baseline_us > 0 && h->rounds >= HYSTART_CSS_ROUNDS;
    return growth;
}
