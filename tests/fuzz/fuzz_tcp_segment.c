/* SPDX-License-Identifier: BSD-2-Clause */
/* A segment that is read has its payload within the packet, and what is written from it is read as the same: all but
 * SACK blocks that found no room beside our layout of the options. */
#include "fuzz/fuzz.h"
#include "tcpip/wire/checksum.h"
#include "tcpip/wire/tcp_segment.h"

static void check_options(const struct tcp_options *a, const struct tcp_options *b)
{
    CHECK(a->has_mss == b->has_mss && a->mss == b->mss);
    CHECK(a->has_scale == b->has_scale && a->scale == b->scale && a->scale <= TCP_SCALE_MAX);
    CHECK(a->has_sack_permitted == b->has_sack_permitted);
    CHECK(a->has_timestamps == b->has_timestamps && a->timestamp == b->timestamp &&
          a->timestamp_echo == b->timestamp_echo);
    CHECK(b->sack_count <= a->sack_count && a->sack_count <= TCP_SACK_BLOCKS);
    CHECK(memcmp(a->sacks, b->sacks, b->sack_count * sizeof(a->sacks[0])) == 0);
}

static void check_is_same(const struct tcp_segment *a, const struct tcp_segment *b)
{
    CHECK(a->source_port == b->source_port && a->destination_port == b->destination_port);
    CHECK(a->seq == b->seq && a->ack == b->ack && a->flags == b->flags);
    CHECK(a->window == b->window && a->urgent_pointer == b->urgent_pointer);
    CHECK(bytes_equal(a->payload, b->payload));
    check_options(&a->options, &b->options);
}

static void check_written(const struct ip_header *ip, const struct tcp_segment *s)
{
    struct tcp_segment back;
    struct ip_header written = *ip;
    uint8_t *octets = malloc(TCP_HEADER_MAX + s->payload.len);
    CHECK(octets != NULL);
    size_t len = tcp_segment_write(s, octets);
    CHECK(len <= TCP_HEADER_MAX);
    if (s->payload.len)
        memcpy(octets + len, s->payload.data, s->payload.len);
    written.payload = bytes_of(octets, len + s->payload.len);
    uint64_t sum = checksum_pseudo_header(&ip->source, &ip->destination, IP_TCP,
                                          (uint32_t)written.payload.len);
    uint16_t checksum = checksum_finish(checksum_add(sum, written.payload));
    octets[TCP_CHECKSUM_AT] = (uint8_t)(checksum >> 8);
    octets[TCP_CHECKSUM_AT + 1] = (uint8_t)checksum;
    CHECK(tcp_segment_parse(&written, false, &back) == OK);
    check_is_same(s, &back);
    CHECK(tcp_segment_len(s) == tcp_segment_len(&back));
    free(octets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ip_header ip;
    struct tcp_segment s, known;
    if (size > 65535 || ip_header_parse_beginning(bytes_of(data, size), &ip) != OK ||
        tcp_segment_parse(&ip, true, &s) != OK)
        return 0;
    CHECK(s.payload.len + TCP_HEADER_LEN <= ip.payload.len);
    if (tcp_segment_parse(&ip, false, &known) == OK)
        check_is_same(&s, &known);
    check_written(&ip, &s);
    return 0;
}
