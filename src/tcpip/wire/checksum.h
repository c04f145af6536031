/* SPDX-License-Identifier: BSD-2-Clause */
/* The Internet checksum (RFC 1071): the one's complement sum of 16-bit words in network order. checksum_add sums parts;
 * a part of odd length must be the last. An unfinished sum starts at 0 and is in the machine's byte order (RFC 1071
 * section 2(B)): only the uint16_t results of this module are header values. */
#pragma once

#include "tcpip/wire/ip_address.h"

uint64_t checksum_add(uint64_t sum, struct bytes octets);

/* The pseudo header of TCP, UDP and ICMPv6 (RFC 9293 section 3.1, RFC 8200 section 8.1). `len` octets are the
 * transport's header and payload. */
uint64_t checksum_pseudo_header(const struct ip_address *source,
                                const struct ip_address *destination, uint8_t protocol,
                                uint32_t len);

/* The value for the header; 0 for octets that contain a correct checksum. */
uint16_t checksum_finish(uint64_t sum);

/* The folded sum without its complement: what a link that finishes checksums needs in the field. */
uint16_t checksum_fold(uint64_t sum);
