# SPDX-License-Identifier: BSD-2-Clause
"""Whether two sets of times are alike."""
import bisect
import math
import statistics


def welch_t(a, b):
    """Welch's t: how many standard errors the means are apart."""
    error = math.sqrt(statistics.variance(a) / len(a) + statistics.variance(b) / len(b))
    return (statistics.fmean(a) - statistics.fmean(b)) / error


def without_tail(a, b, share=0.9):
    """Both cut at one quantile of their union: the machine's own hiccups are what lies behind it."""
    together = sorted([*a, *b])
    limit = together[int(share * (len(together) - 1))]
    return [x for x in a if x <= limit], [x for x in b if x <= limit]


def ks_p(a, b):
    """The chance to see distributions as far apart as these (Kolmogorov, Smirnov) if they are one."""
    a, b = sorted(a), sorted(b)
    apart = max(abs(bisect.bisect_right(a, x) / len(a) - bisect.bisect_right(b, x) / len(b)) for x in {*a, *b})
    count = math.sqrt(len(a) * len(b) / (len(a) + len(b)))
    scaled = (count + 0.12 + 0.11 / count) * apart
    if scaled < 0.2:
        return 1.0
    return min(1.0, max(0.0, 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))))


def chance_of_longer(a, b):
    """How often a time of `a` is longer than one of `b`: 0.5 when neither tells which set it is of."""
    b = sorted(b)
    return sum(bisect.bisect_left(b, x) + bisect.bisect_right(b, x) for x in a) / (2 * len(a) * len(b))
