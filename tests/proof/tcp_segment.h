/* SPDX-License-Identifier: BSD-2-Clause */
/* What tcpip/wire/tcp_segment.c promises of any payload of an IP packet, in ACSL: it reads nothing but that payload and
 * writes nothing but its result, and of what it accepts the counts and shifts are in range and the data is the end of the
 * payload. Of reader.c what reader.h says is taken for granted, which is proved by itself; of the checksum that it only
 * reads. */
#pragma once

#include "proof/reader.h"
#include "tcpip/wire/checksum.h"
#include "tcpip/wire/tcp_segment.h"

/*@ requires octets_of(octets);
    assigns \nothing;
*/
uint64_t checksum_add(uint64_t sum, struct bytes octets);

/*@ assigns \nothing; */
uint16_t checksum_finish(uint64_t sum);

/*@ requires \valid_read(source) && \valid_read(destination);
    assigns \nothing;
*/
uint64_t checksum_pseudo_header(const struct ip_address *source,
                                const struct ip_address *destination, uint8_t protocol,
                                uint32_t len);

/*@ requires \valid_read(h);
    assigns \nothing;
*/
bool ip_header_is_fragment(const struct ip_header *h);

/*@ requires is_reader(r) && \valid(out) && \separated(r, out);
    requires \separated(out, r->all.data + (0 .. r->all.len - 1));
    assigns r->at, r->is_short, out->sack_count, out->sacks[0 .. TCP_SACK_BLOCKS - 1];
    ensures out->sack_count <= TCP_SACK_BLOCKS;
*/
static enum err read_sacks(struct reader *r, struct tcp_options *out);

/*@ requires octets_of(value) && \valid(out);
    requires out->sack_count <= TCP_SACK_BLOCKS && out->scale <= TCP_SCALE_MAX;
    requires \separated(out, value.data + (0 .. value.len - 1));
    assigns *out;
    ensures out->sack_count <= TCP_SACK_BLOCKS && out->scale <= TCP_SCALE_MAX;
*/
static enum err read_option(uint8_t kind, struct bytes value, struct tcp_options *out);

/*@ requires octets_of(octets) && \valid(out);
    requires out->sack_count <= TCP_SACK_BLOCKS && out->scale <= TCP_SCALE_MAX;
    requires \separated(out, octets.data + (0 .. octets.len - 1));
    assigns *out;
    ensures out->sack_count <= TCP_SACK_BLOCKS && out->scale <= TCP_SCALE_MAX;
*/
static enum err read_options(struct bytes octets, struct tcp_options *out);

/*@ requires \valid_read(ip) && octets_of(ip->payload);
    assigns \nothing;
*/
static bool is_intact(const struct ip_header *ip);

/*@ requires \valid_read(ip) && octets_of(ip->payload) && \valid(out) && \separated(ip, out);
    requires \separated(out, ip->payload.data + (0 .. ip->payload.len - 1));
    assigns *out;
    ensures \result == OK ==> out->payload.len + TCP_HEADER_LEN <= ip->payload.len;
    ensures \result == OK && out->payload.len > 0 ==>
        out->payload.data == ip->payload.data + (ip->payload.len - out->payload.len);
    ensures \result == OK ==>
        out->options.sack_count <= TCP_SACK_BLOCKS && out->options.scale <= TCP_SCALE_MAX;
*/
enum err tcp_segment_parse(const struct ip_header *ip, bool checksum_is_known,
                           struct tcp_segment *out);
