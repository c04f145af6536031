/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/startups.h"

bool startups_refuses(const struct option_startups *limits, int count, uint32_t dice)
{
    if (count < limits->begin)
        return false;
    if (count >= limits->full || limits->rate == 100)
        return true;

    int share = limits->rate +
                (100 - limits->rate) * (count - limits->begin) / (limits->full - limits->begin);
    return (int)(dice % 100) < share;
}
