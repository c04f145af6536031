/* SPDX-License-Identifier: BSD-2-Clause */
/* The headers of IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200). */
#pragma once

#include "base/err.h"
#include "tcpip/wire/ip_address.h"

enum ip_protocol {
    IP_ICMP = 1,
    IP_TCP = 6,
    IP_UDP = 17,
    IP_IPV6_FRAGMENT = 44,
    IP_ICMPV6 = 58,
    IP_IPV6_NONE = 59,
};

/* The two bits of RFC 3168 section 5. */
enum ip_ecn { ECN_NOT_CAPABLE = 0, ECN_CAPABLE_1 = 1, ECN_CAPABLE_0 = 2, ECN_CONGESTED = 3 };

struct ip_header {
    struct ip_address source, destination;
    uint8_t protocol; /* of the payload: behind all extension headers */
    uint8_t dscp;     /* six bits */
    enum ip_ecn ecn;
    uint8_t ttl; /* or hop limit */
    bool dont_fragment;
    bool more_fragments;
    uint16_t fragment_offset; /* octets */
    uint32_t identification;
    size_t header_len;   /* octets before the payload, extension headers too */
    struct bytes payload; /* of the whole datagram, or of this fragment; borrowed */
};

enum { IP_HEADER_LEN_V4 = 20, IP_HEADER_LEN_V6 = 40 };

/* Reads one packet; what lies behind its total length is padding. ERR_TRUNCATED, ERR_BAD_VALUE (version,
 * lengths, IPv4 header checksum, a source route, too many or misplaced extension headers). IPv4 options are skipped by their
 * lengths. An IPv6 option that demands it (RFC 8200 section 4.2) makes it ERR_UNSUPPORTED. */
NODISCARD enum err ip_header_parse(struct bytes packet, struct ip_header *out);

/* Writes a header without options for a payload of `payload_len` octets, and returns its length: 20 or 40. `out`
 * has room for 40. header_len and payload of `h` are not read. The checksum of IPv4 is filled in. */
size_t ip_header_write(const struct ip_header *h, size_t payload_len, uint8_t *out);
