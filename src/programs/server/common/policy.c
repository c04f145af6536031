/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/policy.h"

#include <stddef.h>

struct policy policy_intersect(struct policy first, struct policy second)
{
    struct policy both = {
        .features = first.features & second.features,
        .command = first.command ? first.command : second.command,
    };
    if (both.command)
        both.features &= ~(unsigned)POLICY_SIGNAL;
    return both;
}

bool policy_allows(const struct policy *policy, enum policy_feature feature)
{
    return (policy->features & feature) != 0;
}
