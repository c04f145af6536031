/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/address.h"

#include <arpa/inet.h>
#include <string.h>

enum { V4_LEN = 4, V6_LEN = 16, TEXT_MAX = 64 };

struct address {
    uint8_t octets[V6_LEN];
    size_t len; /* V4_LEN or V6_LEN */
};

static bool parse(struct bytes text, struct address *out)
{
    char copy[TEXT_MAX];
    *out = (struct address){ .len = V4_LEN };
    if (!bytes_to_text(text, copy, sizeof(copy)))
        return false;
    if (inet_pton(AF_INET, copy, out->octets) == 1)
        return true;
    out->len = V6_LEN;
    return inet_pton(AF_INET6, copy, out->octets) == 1;
}

/* An IPv4 client of an IPv6 socket appears as ::ffff:192.0.2.1; a link-local address ends in a scope
 * ("%eth0"), which no list can name. */
static bool parse_client(struct bytes text, struct address *out)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    if (!parse(bytes_slice(text, 0, bytes_find(text, '%')), out))
        return false;
    if (out->len == V6_LEN && memcmp(out->octets, mapped, sizeof(mapped)) == 0) {
        memmove(out->octets, out->octets + sizeof(mapped), V4_LEN);
        out->len = V4_LEN;
    }
    return true;
}

static bool bit_of(const struct address *a, size_t bit)
{
    return a->octets[bit / 8] >> (7 - bit % 8) & 1;
}

static bool same_bits(const struct address *a, const struct address *b, size_t count)
{
    for (size_t bit = 0; bit < count; bit++) {
        if (bit_of(a, bit) != bit_of(b, bit))
            return false;
    }
    return true;
}

/* "192.0.2.0/24": the bits after the prefix must be zero. */
static bool parse_block(struct bytes text, struct address *net, uint64_t *prefix)
{
    static const struct address zeros = { .len = V6_LEN };
    struct bytes address = bytes_cut(&text, '/');
    if (!parse(address, net) || !bytes_to_number(text, net->len * 8, prefix))
        return false;
    struct address host_part = *net;
    for (size_t bit = 0; bit < *prefix; bit++)
        host_part.octets[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
    return same_bits(&host_part, &zeros, net->len * 8);
}

enum match { NO, YES, DAMAGED };

/* `client` is NULL when its text is not an address, as on a pipe. */
static enum match match_one(struct bytes text, const struct address *client, struct bytes pattern)
{
    struct address net;
    uint64_t prefix = 0;
    if (bytes_find(pattern, '/') < pattern.len) {
        if (!parse_block(pattern, &net, &prefix))
            return DAMAGED;
    } else if (parse(pattern, &net)) {
        prefix = net.len * 8;
    } else {
        return pattern_match_host(text, pattern) ? YES : NO;
    }
    return client && client->len == net.len && same_bits(client, &net, prefix) ? YES : NO;
}

enum pattern_verdict address_list(struct bytes address, struct bytes list)
{
    struct address parsed;
    const struct address *client = parse_client(address, &parsed) ? &parsed : NULL;
    enum pattern_verdict verdict = PATTERN_NO_MATCH;
    while (list.len) {
        struct bytes pattern = bytes_trim(bytes_cut(&list, ','));
        if (pattern.len == 0)
            continue;
        bool refuses = bytes_starts(pattern, "!");
        enum match match = match_one(address, client, bytes_skip(pattern, refuses));
        if (match == DAMAGED || (match == YES && refuses))
            return PATTERN_REFUSED;
        if (match == YES)
            verdict = PATTERN_MATCH;
    }
    return verdict;
}

bool address_list_is_good(struct bytes list)
{
    while (list.len) {
        struct bytes pattern = bytes_trim(bytes_cut(&list, ','));
        bool refuses = bytes_starts(pattern, "!");
        if (match_one(BYTES_NONE, NULL, bytes_skip(pattern, refuses)) == DAMAGED)
            return false;
    }
    return true;
}
