/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum (RFC 1071): the one's complement sum of 16-bit words in network order. Sums of parts are added
 * with checksum_add; a part of odd length must be the last. A sum that is not finished begins with 0 and has the
 * machine's order of octets (RFC 1071 section 2(B)): only what this module returns as uint16_t is a number for a
 * header. */
#pragma once

#include "tcpip/wire/ip_address.h"

uint64_t checksum_add(uint64_t sum, struct bytes octets);

/* The pseudo header of TCP, UDP and ICMPv6 (RFC 9293 section 3.1, RFC 8200 section 8.1). `len` octets are the
 * transport's header and payload. */
uint64_t checksum_pseudo_header(const struct ip_address *source,
                                const struct ip_address *destination, uint8_t protocol,
                                uint32_t len);

/* What belongs into the header; of octets that contain a right checksum it is 0. */
uint16_t checksum_finish(uint64_t sum);

/* The folded sum without its complement: what a link that finishes checksums wants in the field. */
uint16_t checksum_fold(uint64_t sum);
