/* SPDX-License-Identifier: BSD-2-Clause */
/* What is read lies within the packet, and a header that is written from it means the same, whatever extension headers
 * and options there were. */
#include "fuzz/fuzz.h"
#include "tcpip/wire/ip_header.h"

enum { HEADER_ROOM = 40, PACKET_MAX = 65535 };

static void check_is_same(const struct ip_header *a, const struct ip_header *b)
{
    bool is_v4 = a->source.version == 4;
    CHECK(ip_address_equal(&a->source, &b->source));
    CHECK(ip_address_equal(&a->destination, &b->destination));
    CHECK(a->protocol == b->protocol && a->dscp == b->dscp && a->ecn == b->ecn && a->ttl == b->ttl);
    CHECK(a->flow_label == b->flow_label && a->dont_fragment == b->dont_fragment);
    CHECK(bytes_equal(a->payload, b->payload));
    CHECK(!is_v4 ||
          (a->identification == b->identification && a->more_fragments == b->more_fragments &&
           a->fragment_offset == b->fragment_offset));
}

/* A payload that begins with another extension header would be read on. */
static bool goes_on(const struct ip_header *h)
{
    return h->source.version == 6 &&
           (h->protocol == 0 || h->protocol == 43 || h->protocol == 44 || h->protocol == 60);
}

static void check_written(const struct ip_header *h)
{
    struct ip_header back;
    uint8_t *packet = malloc(HEADER_ROOM + h->payload.len);
    CHECK(packet != NULL);
    size_t len = ip_header_write(h, h->payload.len, packet);
    if (h->payload.len)
        memcpy(packet + len, h->payload.data, h->payload.len);
    CHECK(ip_header_parse(bytes_of(packet, len + h->payload.len), &back) == OK);
    CHECK(back.header_len == len);
    check_is_same(h, &back);
    free(packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size < PACKET_MAX ? size : PACKET_MAX);
    struct ip_header h, beginning;
    enum err err = ip_header_parse_beginning(in, &beginning);
    CHECK(err != OK || beginning.header_len + beginning.payload.len <= in.len);
    if (ip_header_parse(in, &h) != OK)
        return 0;
    CHECK(err == OK);
    check_is_same(&h, &beginning);
    CHECK(h.header_len + h.payload.len <= in.len && h.protocol_at < h.header_len);
    CHECK(in.data[h.protocol_at] == h.protocol);
    if (!goes_on(&h))
        check_written(&h);
    return 0;
}
