/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/wire/ip_address.h"

#include "base/check.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { V4_LEN = 4, V6_LEN = 16 };

static size_t octet_count(const struct ip_address *a)
{
    if (a->version == 4)
        return V4_LEN;
    return a->version == 6 ? V6_LEN : 0;
}

bool ip_address_equal(const struct ip_address *a, const struct ip_address *b)
{
    return a->version == b->version && memcmp(a->octets, b->octets, octet_count(a)) == 0;
}

bool ip_address_is_within(const struct ip_address *a, const struct ip_address *network,
                          unsigned len)
{
    CHECK(len <= (network->version == 4 ? 32 : 128));
    uint8_t rest = (uint8_t)(0xff00 >> len % 8);
    return a->version == network->version && memcmp(a->octets, network->octets, len / 8) == 0 &&
           (rest == 0 || ((a->octets[len / 8] ^ network->octets[len / 8]) & rest) == 0);
}

struct bytes ip_address_bytes(const struct ip_address *a)
{
    return bytes_of(a->octets, octet_count(a));
}

static bool is_unicast_v4(const uint8_t *octets)
{
    static const uint8_t broadcast[V4_LEN] = { 255, 255, 255, 255 };
    bool is_multicast = octets[0] >> 4 == 14;
    return octets[0] != 0 && octets[0] != 127 && !is_multicast &&
           memcmp(octets, broadcast, sizeof(broadcast)) != 0;
}

static bool is_unicast_v6(const uint8_t *octets)
{
    static const uint8_t unspecified[V6_LEN] = { 0 };
    static const uint8_t loopback[V6_LEN] = { [15] = 1 };
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    return octets[0] != 0xff && memcmp(octets, unspecified, sizeof(unspecified)) != 0 &&
           memcmp(octets, loopback, sizeof(loopback)) != 0 &&
           memcmp(octets, mapped, sizeof(mapped)) != 0;
}

bool ip_address_is_unicast(const struct ip_address *a)
{
    if (a->version == 4)
        return is_unicast_v4(a->octets);
    return a->version == 6 && is_unicast_v6(a->octets);
}

bool ip_address_parse(struct bytes text, struct ip_address *out)
{
    char copy[IP_ADDRESS_TEXT];
    *out = (struct ip_address){ 0 };
    if (!bytes_to_text(text, copy, sizeof(copy)))
        return false;
    if (inet_pton(AF_INET, copy, out->octets) == 1)
        out->version = 4;
    else if (inet_pton(AF_INET6, copy, out->octets) == 1)
        out->version = 6;
    else
        *out = (struct ip_address){ 0 };
    return out->version != 0;
}

void ip_address_format(const struct ip_address *a, char out[IP_ADDRESS_TEXT])
{
    if (a->version == 4)
        CHECK(inet_ntop(AF_INET, a->octets, out, IP_ADDRESS_TEXT) != NULL);
    else if (a->version == 6)
        CHECK(inet_ntop(AF_INET6, a->octets, out, IP_ADDRESS_TEXT) != NULL);
    else
        (void)snprintf(out, IP_ADDRESS_TEXT, "none");
}

void ip_address_format_endpoint(const struct ip_endpoint *e, char out[IP_ENDPOINT_TEXT])
{
    char address[IP_ADDRESS_TEXT];
    ip_address_format(&e->address, address);
    bool is_v6 = e->address.version == 6;
    (void)snprintf(out, IP_ENDPOINT_TEXT, "%s%s%s:%u", is_v6 ? "[" : "", address, is_v6 ? "]" : "",
                   (unsigned)e->port);
}
