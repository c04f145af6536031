/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP for both versions of IP (RFC 792, RFC 1191, RFC 4443), by what messages mean for a connection: the numbers
 * differ, the meanings are one enum. */
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
    ICMP_FRAGMENTS_MISSING, /* only sent: time exceeded, in its other sense (RFC 792) */
    ICMP_PARAMETER_PROBLEM, /* for IPv6 PROTOCOL_UNREACHABLE is sent as this (RFC 4443 section 3.4) */
    ICMP_OTHER, /* unknown, obsolete (source quench, redirect), or not an error: to be ignored (MUST-55) */
};

struct icmp_message {
    enum icmp_meaning meaning;
    uint8_t version; /* of IP */
    uint8_t type, code;
    uint32_t mtu; /* PACKET_TOO_BIG; otherwise 0 */
    struct bytes
        body; /* echo and OTHER: all after the checksum; errors: the quoted packet; borrowed */
};

/* Reads the payload of an IP packet. ERR_TRUNCATED: shorter than 8 octets. ERR_BAD_VALUE: not ICMP, not of the packet's
 * IP version, or a fragment. ERR_BAD_CHECKSUM. */
NODISCARD enum err icmp_message_parse(const struct ip_header *ip, bool checksum_is_known,
                                      struct icmp_message *out);

/* Whether it reports that a packet did not arrive. */
bool icmp_message_is_error(enum icmp_meaning meaning);

/* The quoted TCP segment of an error: its addresses, ports and sequence number; 8 octets of it are enough (RFC 792).
 * The caller judges whether it is one of ours (RFC 5927 section 4.1).
 * ERR_BAD_VALUE: it quotes something else, or nothing. */
struct icmp_quote {
    struct ip_endpoint source, destination;
    uint32_t seq;
};
NODISCARD enum err icmp_message_quote(const struct icmp_message *m, struct icmp_quote *out);

enum {
    ICMP_ERROR_MAX_V4 = 576,  /* octets of the whole packet: RFC 1812 section 4.3.2.3 */
    ICMP_ERROR_MAX_V6 = 1280, /* RFC 4443 section 2.4(c) */
};

/* Writes a whole packet, IP header first, with the type, code and mtu of `m` and, for an error, as much of the quote as
 * is allowed and fits. Returns its length, or 0 if it does not fit. `ip` gives the addresses, of the IP version of `m`,
 * the hop limit and the class. `out` does not overlap the body. */
size_t icmp_message_write(const struct icmp_message *m, const struct ip_header *ip,
                          struct span out);

/* Writes a whole packet that answers `cause`, a packet that was sent to us, from `source`: an error of `meaning` that
 * quotes it. Returns its length, or 0 if nothing may be sent: `cause` is damaged, an ICMP message other than an echo
 * request, a fragment, or not from and to a unicast address (RFC 1122 section 3.2.2, RFC 4443 section 2.4(e));
 * `meaning` is not an error of its version; or `out` has no room. `mtu` is for ICMP_PACKET_TOO_BIG.
 * ICMP_PARAMETER_PROBLEM about a packet that ip_header_parse does not understand has the code and pointer of its fault,
 * if the fault is to be reported. ICMP_FRAGMENTS_MISSING is about a first fragment of anything but ICMP; its end may be
 * missing. */
size_t icmp_message_answer(enum icmp_meaning meaning, uint32_t mtu, struct bytes cause,
                           const struct ip_address *source, struct span out);
