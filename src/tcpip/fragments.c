/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/fragments.h"

#include <stdlib.h>
#include <string.h>

bool fragments_init(struct fragments *f)
{
    *f = (struct fragments){ .octets = calloc(FRAGMENTS_DATAGRAMS, FRAGMENTS_LEN_MAX) };
    return f->octets;
}

void fragments_wipe(struct fragments *f)
{
    free(f->octets);
    f->octets = NULL;
}

/* The datagram it belongs to; or a free place for a new one, else that of the oldest datagram. */
static struct fragments_datagram *find(struct fragments *f, const struct ip_header *ip,
                                       struct instant now)
{
    struct fragments_datagram *best = &f->datagrams[0];
    for (size_t i = 0; i < FRAGMENTS_DATAGRAMS; i++) {
        struct fragments_datagram *d = &f->datagrams[i];
        if (d->is_used && instant_reached(now, d->ends_at))
            d->is_used = false;
        if (d->is_used && d->identification == ip->identification && d->protocol == ip->protocol &&
            ip_address_equal(&d->source, &ip->source) &&
            ip_address_equal(&d->destination, &ip->destination))
            return d;
        if (best->is_used && (!d->is_used || d->ends_at.us < best->ends_at.us))
            best = d;
    }
    *best = (struct fragments_datagram){
        .source = ip->source,
        .destination = ip->destination,
        .identification = ip->identification,
        .protocol = ip->protocol,
        .is_used = true,
        .ends_at = instant_after(now, FRAGMENTS_MS),
    };
    return best;
}

/* Whether a piece fits: it overlaps nothing, ends within the datagram, and its length is a multiple of eight unless it
 * is the last. */
static bool fits(const struct fragments_datagram *d, const struct ip_header *ip)
{
    uint32_t begin = ip->fragment_offset, end = begin + (uint32_t)ip->payload.len;
    if (ip->payload.len == 0 || end > FRAGMENTS_LEN_MAX || d->piece_count == FRAGMENTS_PIECES)
        return false;
    if (ip->more_fragments ? ip->payload.len % 8 != 0 || (d->len > 0 && end > d->len) : d->len > 0)
        return false;
    for (size_t i = 0; i < d->piece_count; i++) {
        uint32_t other = d->pieces[i].begin;
        if (begin < other + d->pieces[i].len && other < end)
            return false;
        if (!ip->more_fragments && other + d->pieces[i].len > end)
            return false;
    }
    return true;
}

/* A fragment that came twice (RFC 8200 section 4.5 allows ignoring it). */
static bool is_repeated(const struct fragments_datagram *d, const struct ip_header *ip)
{
    for (size_t i = 0; i < d->piece_count; i++) {
        if (d->pieces[i].begin == ip->fragment_offset && d->pieces[i].len == ip->payload.len)
            return true;
    }
    return false;
}

static void keep_quote(struct fragments_datagram *d, struct bytes packet)
{
    struct bytes quote = bytes_slice(packet, 0, FRAGMENTS_QUOTE);
    memcpy(d->quote, quote.data, quote.len);
    d->quote_len = (uint16_t)quote.len;
}

bool fragments_add(struct fragments *f, struct ip_header *ip, struct bytes packet,
                   struct instant now)
{
    struct fragments_datagram *d = find(f, ip, now);
    if (d->is_dropped || is_repeated(d, ip))
        return false;
    if (!fits(d, ip)) {
        d->is_dropped = true;
        return false;
    }
    uint8_t *octets = f->octets + (size_t)(d - f->datagrams) * FRAGMENTS_LEN_MAX;
    memcpy(octets + ip->fragment_offset, ip->payload.data, ip->payload.len);
    d->pieces[d->piece_count].begin = ip->fragment_offset;
    d->pieces[d->piece_count++].len = (uint16_t)ip->payload.len;
    d->received += (uint32_t)ip->payload.len;
    if (ip->fragment_offset == 0)
        keep_quote(d, packet);
    if (!ip->more_fragments)
        d->len = ip->fragment_offset + (uint32_t)ip->payload.len;
    /* RFC 3168 section 5.3. */
    if (ip->ecn == ECN_CONGESTED)
        d->ecn = ECN_CONGESTED;
    if (d->len == 0 || d->received != d->len)
        return false;
    d->is_used = false;
    ip->payload = bytes_of(octets, d->len);
    ip->more_fragments = false;
    ip->fragment_offset = 0;
    if (d->ecn == ECN_CONGESTED)
        ip->ecn = ECN_CONGESTED;
    return true;
}

/* A dropped datagram is not reported (RFC 5722 section 4). */
static bool is_told(const struct fragments_datagram *d)
{
    return d->is_used && !d->is_dropped && d->quote_len > 0;
}

struct instant fragments_deadline(const struct fragments *f)
{
    struct instant at = INSTANT_NEVER;
    for (size_t i = 0; i < FRAGMENTS_DATAGRAMS; i++) {
        if (is_told(&f->datagrams[i]))
            at = instant_earlier(at, f->datagrams[i].ends_at);
    }
    return at;
}

bool fragments_expire(struct fragments *f, struct instant now, struct bytes *quote)
{
    for (size_t i = 0; i < FRAGMENTS_DATAGRAMS; i++) {
        struct fragments_datagram *d = &f->datagrams[i];
        if (is_told(d) && instant_reached(now, d->ends_at)) {
            d->is_used = false;
            *quote = bytes_of(d->quote, d->quote_len);
            return true;
        }
    }
    return false;
}
