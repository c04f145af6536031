/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP for both versions of IP (RFC 792, RFC 1191, RFC 4443), by what they mean for a connection: the numbers differ, the
 * meanings are one enum. */
#pragma once

#include "base/err.h"
#include "tcpip/wire/ip_header.h"

enum icmp_meaning {
    ICMP_ECHO_REQUEST,
    ICMP_ECHO_REPLY,
    ICMP_NET_UNREACHABLE,
    ICMP_HOST_UNREACHABLE,
    ICMP_PROTOCOL_UNREACHABLE,
    ICMP_PORT_UNREACHABLE,
    ICMP_PROHIBITED,
    ICMP_PACKET_TOO_BIG, /* with the MTU of the next hop; 0 from old routers (RFC 1191 section 5) */
    ICMP_TIME_EXCEEDED,
    ICMP_PARAMETER_PROBLEM,
    ICMP_OTHER, /* unknown, obsolete (source quench, redirect): to be ignored */
};

struct icmp_message {
    enum icmp_meaning meaning;
    uint8_t type, code;
    uint32_t mtu;        /* PACKET_TOO_BIG */
    struct bytes body;   /* echo: identifier, number and data; errors: the quoted packet; borrowed */
};

/* Reads the payload of an IP packet of protocol ICMP or ICMPv6. ERR_TRUNCATED, ERR_BAD_CHECKSUM. */
NODISCARD enum err icmp_message_parse(const struct ip_header *ip, bool checksum_is_known, struct icmp_message *out);

/* The quoted TCP segment of an error: its addresses, ports and sequence number; 8 octets of it are enough (RFC 792).
 * ERR_BAD_VALUE: it quotes something else. */
struct icmp_quote {
    struct ip_endpoint source, destination;
    uint32_t seq;
};
NODISCARD enum err icmp_message_quote(const struct icmp_message *m, struct icmp_quote *out);

/* Writes a whole packet, IP header first, that answers `cause` (a packet somebody sent us) from `source`: an error of
 * `meaning` with as much of it as is allowed, or an echo reply with all of it. Returns its length; 0 when nothing may be sent
 * (RFC 1122 section 3.2.2: about an ICMP error, a later fragment, to no unicast address). `out` should have 1280 octets for errors. */
size_t icmp_message_answer(enum icmp_meaning meaning, uint32_t mtu, struct bytes cause, const struct ip_address *source,
                           struct span out);
