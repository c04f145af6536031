/* SPDX-License-Identifier: BSD-2-Clause */
/* An IPv4 or IPv6 address, in network order. */
#pragma once

#include "base/bytes.h"

struct ip_address {
    uint8_t version;    /* 4 or 6; 0: none */
    uint8_t octets[16]; /* IPv4: the first four, the others zero */
};

struct ip_endpoint {
    struct ip_address address;
    uint16_t port;
};

enum { IP_ADDRESS_TEXT = 46, IP_ENDPOINT_TEXT = 56 }; /* with the NUL */

bool ip_address_equal(const struct ip_address *a, const struct ip_address *b);
/* Whether its first `len` bits are those of `network`, which is of the same version. */
bool ip_address_is_within(const struct ip_address *a, const struct ip_address *network,
                          unsigned len);
struct bytes ip_address_bytes(const struct ip_address *a); /* 0, 4 or 16; borrowed from *a */

/* Whether a connection can use it over a link (RFC 9293 MUST-46, MUST-57, MUST-63): it is not unspecified, multicast,
 * the limited broadcast, loopback, which no link carries (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3), or an IPv4
 * address mapped into IPv6 (RFC 4291 section 2.5.5.2). */
bool ip_address_is_unicast(const struct ip_address *a);

/* "192.0.2.1", "2001:db8::1". False: it is not an address, and *out has version 0. */
bool ip_address_parse(struct bytes text, struct ip_address *out);
/* As in RFC 5952; "none" for version 0. */
void ip_address_format(const struct ip_address *a, char out[IP_ADDRESS_TEXT]);

/* "192.0.2.1:22", "[2001:db8::1]:22". */
void ip_address_format_endpoint(const struct ip_endpoint *e, char out[IP_ENDPOINT_TEXT]);
