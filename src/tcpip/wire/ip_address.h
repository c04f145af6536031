/* SPDX-License-Identifier: BSD-2-Clause */
/* An address of IPv4 or IPv6, in network order. */
#pragma once

#include "base/bytes.h"

struct ip_address {
    uint8_t version;    /* 4 or 6; 0: none */
    uint8_t octets[16]; /* of IPv4 the first four, the others zero */
};

struct ip_endpoint {
    struct ip_address address;
    uint16_t port;
};

enum { IP_ADDRESS_TEXT = 46, IP_ENDPOINT_TEXT = 56 }; /* with the NUL */

bool ip_address_equal(const struct ip_address *a, const struct ip_address *b);
struct bytes ip_address_bytes(const struct ip_address *a); /* 4 or 16; borrowed from *a */

/* Unspecified, multicast or broadcast, or (as a source) loopback of the other end: nobody a connection can be
 * held with (RFC 9293 MUST-57, MUST-63). */
bool ip_address_is_unicast(const struct ip_address *a);

/* "192.0.2.1", "2001:db8::1" (RFC 5952). False: it is none. */
bool ip_address_parse(struct bytes text, struct ip_address *out);
void ip_address_format(const struct ip_address *a, char out[IP_ADDRESS_TEXT]);

/* "192.0.2.1:22", "[2001:db8::1]:22". */
void ip_endpoint_format(const struct ip_endpoint *e, char out[IP_ENDPOINT_TEXT]);
