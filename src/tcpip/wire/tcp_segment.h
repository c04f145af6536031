/* SPDX-License-Identifier: BSD-2-Clause */
/* A TCP segment (RFC 9293 section 3.1) and the options we know: MSS, window scale and timestamps (RFC 7323),
 * SACK (RFC 2018). Others are skipped by their lengths (MUST-6, MUST-68). */
#pragma once

#include "base/err.h"
#include "tcpip/wire/ip_header.h"

enum tcp_flag {
    TCP_FIN = 0x01,
    TCP_SYN = 0x02,
    TCP_RST = 0x04,
    TCP_PSH = 0x08,
    TCP_ACK = 0x10,
    TCP_URG = 0x20,
    TCP_ECE = 0x40,
    TCP_CWR = 0x80,
};

enum {
    TCP_HEADER_LEN = 20,
    TCP_HEADER_MAX = 60,
    TCP_CHECKSUM_AT = 16, /* offset of the field */
    TCP_SACK_BLOCKS = 4,
    TCP_SCALE_MAX = 14, /* RFC 7323 section 2.3: more counts as 14 */
};

struct tcp_range {
    uint32_t begin, end; /* sequence numbers, [begin, end) */
};

struct tcp_options {
    bool has_mss, has_scale, has_sack_permitted, has_timestamps;
    uint16_t mss;
    uint8_t scale; /* 0 to TCP_SCALE_MAX */
    uint32_t timestamp, timestamp_echo;
    uint8_t sack_count;
    struct tcp_range sacks[TCP_SACK_BLOCKS]; /* as received, in any order */
};

struct tcp_segment {
    uint16_t source_port, destination_port;
    uint32_t seq, ack;
    uint8_t flags; /* of enum tcp_flag */
    uint16_t window;
    uint16_t urgent_pointer; /* as received, whatever the flags */
    struct tcp_options options;
    struct bytes payload; /* borrowed */
};

/* Reads the payload of an IP packet. The checksum is verified unless the link vouches for it (MUST-3). If an option
 * comes twice the later one counts. The reserved bits are ignored (RFC 9293 section 3.1).
 * ERR_TRUNCATED: shorter than its header.
 * ERR_BAD_VALUE: not TCP, a fragment, or a wrong data offset or option length (MUST-7).
 * ERR_BAD_CHECKSUM: damaged on the way. */
NODISCARD enum err tcp_segment_parse(const struct ip_header *ip, bool checksum_is_known,
                                     struct tcp_segment *out);

/* Octets of sequence space: the payload, and one each for SYN and FIN. */
uint32_t tcp_segment_len(const struct tcp_segment *s);

/* Writes the header with its options, ordered and padded as Linux does, and returns its length. The checksum field is
 * left zero; the payload is not read. `out` has room for TCP_HEADER_MAX. Only as many SACK blocks are written as fit,
 * from the first. */
size_t tcp_segment_write(const struct tcp_segment *s, uint8_t *out);

/* Octets that the options take in tcp_segment_write: a multiple of 4, at most 40. */
size_t tcp_segment_options_len(const struct tcp_options *options);
