/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/syn_cookie.h"

enum {
    PERIOD_US = 64 * 1000 * 1000,
    PERIODS = 2, /* that a cookie is valid for: the current and the previous */
    PERIOD_MASK = 31,
    HASH_MASK = 0xffffff,
    SCALE_NONE = 15, /* in the four bits of the scale */
    SACK_BIT = 16,
    ECN_BIT = 32,
    OPTION_MASK = 63,
    NO_OPTIONS = 64, /* there are no timestamps */
};

/* Sizes common on the Internet, with the smallest and largest sensible ones. */
static const uint16_t sizes[8] = { SYN_COOKIE_MSS_LEAST, 1220, 1300, 1360, 1400, 1440, 1460, 8960 };

void syn_cookie_init(struct syn_cookie *c, const struct rng *rng)
{
    uint8_t octets[SIPHASH_KEY_LEN];
    rng_fill(rng, octets, sizeof(octets));
    c->key = siphash_key(octets);
    bytes_wipe(octets, sizeof(octets));
}

void syn_cookie_wipe(struct syn_cookie *c)
{
    bytes_wipe(c, sizeof(*c));
}

/* ---- parts ---- */

struct ends {
    const struct ip_endpoint *local, *remote;
    uint32_t irs;
};

static uint64_t word_of(const struct ip_address *address, size_t from)
{
    uint64_t word = 0;
    for (size_t i = from; i < from + 8; i++)
        word = word << 8 | address->octets[i];
    return word;
}

static uint32_t hash_of(const struct syn_cookie *c, const struct ends *ends, uint64_t period,
                        uint8_t size, uint8_t options)
{
    const uint64_t words[] = {
        word_of(&ends->local->address, 0),
        word_of(&ends->local->address, 8),
        word_of(&ends->remote->address, 0),
        word_of(&ends->remote->address, 8),
        (uint64_t)ends->irs << 32 | (uint32_t)ends->local->port << 16 | ends->remote->port,
        period << 16 | (uint64_t)size << 8 | options,
    };
    return (uint32_t)siphash_words(&c->key, words, sizeof(words) / sizeof(*words)) & HASH_MASK;
}

static uint64_t period_of(struct instant now)
{
    return (uint64_t)now.us / PERIOD_US;
}

static uint8_t size_at_most(uint16_t mss)
{
    uint8_t size = 0;
    while (size + 1 < 8 && sizes[size + 1] <= mss)
        size++;
    return size;
}

static uint8_t options_of(const struct syn_cookie_offer *offer)
{
    if (!offer->has_timestamps)
        return NO_OPTIONS;
    uint8_t scale = offer->scale < TCP_SCALE_MAX ? offer->scale : TCP_SCALE_MAX;
    return (uint8_t)((offer->has_scale ? scale : SCALE_NONE) | (offer->has_sack ? SACK_BIT : 0) |
                     (offer->has_ecn ? ECN_BIT : 0));
}

/* The latest clock value whose low bits are the options and that is not in the future. */
static uint32_t clock_with(uint32_t clock, uint8_t options)
{
    uint32_t marked = (clock & ~(uint32_t)OPTION_MASK) | options;
    return marked > clock ? marked - (OPTION_MASK + 1) : marked;
}

/* ---- cookies ---- */

uint32_t syn_cookie_make(const struct syn_cookie *c, const struct ip_endpoint *local,
                         const struct ip_endpoint *remote, uint32_t irs,
                         const struct syn_cookie_offer *offer, struct instant now, uint32_t *clock)
{
    struct ends ends = { local, remote, irs };
    uint64_t period = period_of(now);
    uint8_t size = size_at_most(offer->mss), options = options_of(offer);
    if (options != NO_OPTIONS)
        *clock = clock_with(*clock, options);
    return (uint32_t)(period & PERIOD_MASK) << 27 | (uint32_t)size << 24 |
           hash_of(c, &ends, period, size, options);
}

static void take_options(uint8_t options, struct syn_cookie_offer *offer)
{
    offer->has_timestamps = options != NO_OPTIONS;
    if (!offer->has_timestamps)
        return;
    uint8_t scale = options & SCALE_NONE;
    offer->has_scale = scale != SCALE_NONE;
    offer->scale = offer->has_scale ? scale : 0;
    offer->has_sack = options & SACK_BIT;
    offer->has_ecn = options & ECN_BIT;
}

bool syn_cookie_check(const struct syn_cookie *c, const struct ip_endpoint *local,
                      const struct ip_endpoint *remote, uint32_t irs, uint32_t iss,
                      const uint32_t *echo, struct instant now, struct syn_cookie_offer *offer)
{
    struct ends ends = { local, remote, irs };
    uint64_t age = ((period_of(now) & PERIOD_MASK) - (iss >> 27)) & PERIOD_MASK;
    if (age >= PERIODS || age > period_of(now))
        return false;
    uint8_t size = iss >> 24 & 7, options = echo ? *echo & OPTION_MASK : NO_OPTIONS;
    if (hash_of(c, &ends, period_of(now) - age, size, options) != (iss & HASH_MASK))
        return false;
    *offer = (struct syn_cookie_offer){ .mss = sizes[size] };
    take_options(options, offer);
    return true;
}
