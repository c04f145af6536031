/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads and writes the headers of IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200). */
#pragma once

#include "base/err.h"
#include "tcpip/wire/ip_address.h"

enum ip_protocol {
    IP_ICMP = 1,
    IP_TCP = 6,
    IP_UDP = 17,
    IP_ICMPV6 = 58,
    IP_IPV6_NONE = 59,
};

/* The two bits of RFC 3168 section 5. */
enum ip_ecn { ECN_NOT_CAPABLE = 0, ECN_CAPABLE_1 = 1, ECN_CAPABLE_0 = 2, ECN_CONGESTED = 3 };

/* What an IPv6 packet that is not understood is answered with: the Parameter Problem of RFC 4443 section 3.4. */
struct ip_fault {
    bool is_there;
    bool is_told; /* it is to be reported to the sender */
    uint8_t code; /* 0: a field is erroneous, 2: an option is unknown */
    uint32_t at;  /* offset of what is not understood */
};

struct ip_header {
    struct ip_address source, destination;
    uint8_t protocol; /* of the payload, after all extension headers */
    uint8_t dscp;     /* six bits */
    enum ip_ecn ecn;
    uint8_t ttl;              /* or hop limit */
    bool dont_fragment;       /* always for IPv6 */
    bool more_fragments;      /* this and a fragment_offset that is not 0 make it a fragment */
    uint16_t fragment_offset; /* octets, a multiple of 8 */
    uint32_t identification;  /* IPv6: only in fragments */
    uint32_t flow_label;      /* IPv6, 20 bits */
    size_t header_len;        /* octets before the payload, with extension headers */
    size_t protocol_at;       /* offset of the octet that names the protocol */
    /* Of the whole datagram, or of this fragment; borrowed. In an IPv6 fragment it begins after the fragment header,
     * with a header of type `protocol`, which may be another extension header. */
    struct bytes payload;
    struct ip_fault fault; /* with ERR_UNSUPPORTED: the first */
};

enum { IP_HEADER_LEN_V4 = 20, IP_HEADER_LEN_V6 = 40 };

/* Reads one packet; what follows its total length is padding.
 * ERR_TRUNCATED: it is shorter than it claims.
 * ERR_BAD_VALUE: a version, length or IPv4 header checksum is wrong, a fragment does not fit a datagram, there is a
 * source route of RFC 791, or an extension header where, or more often than, RFC 8200 section 4.1 recommends.
 * ERR_UNSUPPORTED: an IPv6 option that must be understood or the packet discarded (RFC 8200 section 4.2), or a routing
 * header with segments left, whatever its type (section 4.4, RFC 5095 section 3). *out is filled in all the same, and
 * its `fault` has where, and whether to report it to the sender.
 * Other options of both versions are skipped by their lengths (RFC 9293 MUST-50). */
NODISCARD enum err ip_header_parse(struct bytes packet, struct ip_header *out);

/* The same for a packet whose end may be missing, as in an ICMP error or a capture: the payload is what there is of it.
 * The IPv4 checksum is not checked, as it may have been changed or not filled in yet, nor whether a fragment fits. */
NODISCARD enum err ip_header_parse_beginning(struct bytes packet, struct ip_header *out);

/* Once the fragments of a datagram are reassembled, as `h` shows: moves the payload of `h` past the extension headers
 * that followed the fragment header. Errors as for ip_header_parse, but the offset of a fault is not valid. */
NODISCARD enum err ip_header_parse_reassembled(struct ip_header *h);

bool ip_header_is_fragment(const struct ip_header *h);

/* Writes a header without options for a payload of `payload_len` octets (which must fit a datagram), and returns its
 * length: 20 or 40. `out` has room for 40. header_len, protocol_at and payload of `h` are not read, nor for IPv6 the
 * fields of fragments. The IPv4 checksum is filled in. */
size_t ip_header_write(const struct ip_header *h, size_t payload_len, uint8_t *out);
