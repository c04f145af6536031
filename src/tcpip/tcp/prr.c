/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/prr.h"

#include "base/check.h"

static uint32_t saturated(uint64_t value)
{
    return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

void prr_begin(struct prr *prr, uint32_t flight, uint32_t unanswered)
{
    uint32_t sum = saturated((uint64_t)flight + unanswered);
    *prr = (struct prr){ .flight = sum > 0 ? sum : 1, .delivered = unanswered };
}

void prr_end(struct prr *prr)
{
    *prr = (struct prr){ 0 };
}

bool prr_is_on(const struct prr *prr)
{
    return prr->flight > 0;
}

void prr_sent(struct prr *prr, uint32_t octets)
{
    prr->out = saturated((uint64_t)prr->out + octets);
}

static uint32_t above(uint64_t a, uint32_t b)
{
    return a > b ? saturated(a - b) : 0;
}

uint32_t prr_acked(struct prr *prr, uint32_t delivered, uint32_t in_flight, uint32_t threshold,
                   uint16_t mss, bool is_safe)
{
    CHECK(prr_is_on(prr));
    prr->delivered = saturated((uint64_t)prr->delivered + delivered);
    uint32_t count;
    if (in_flight > threshold) { /* proportional reduction */
        /* What was considered lost, and not in flight, may turn out to have arrived: no reason to send more than was
         * delivered. */
        uint32_t flight = prr->flight > threshold ? prr->flight : threshold;
        uint64_t share = (uint64_t)prr->delivered * threshold;
        count = above((share + flight - 1) / flight, prr->out);
    } else { /* slow start reduction bound; conservative: what was delivered */
        uint32_t owed = above(prr->delivered, prr->out);
        count = owed > delivered ? owed : delivered;
        if (is_safe)
            count = saturated((uint64_t)count + mss);
        if (count > threshold - in_flight)
            count = threshold - in_flight;
    }
    if (prr->out == 0 && count < mss) /* the first retransmission is never held back */
        count = mss;
    return count;
}
