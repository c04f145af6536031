/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/wire/tcp_segment.h"

#include "base/check.h"
#include "base/reader.h"
#include "tcpip/wire/checksum.h"
#include "tcpip/wire/put.h"

enum option_kind {
    OPTION_END = 0,
    OPTION_NOP = 1,
    OPTION_MSS = 2,
    OPTION_SCALE = 3,
    OPTION_SACK_PERMITTED = 4,
    OPTION_SACK = 5,
    OPTION_TIMESTAMPS = 8,
};
enum { OPTIONS_MAX = TCP_HEADER_MAX - TCP_HEADER_LEN, SACK_BLOCK = 8 };

/* Forty octets of options have no room for a fifth block. */
static enum err read_sacks(struct reader *r, struct tcp_options *out)
{
    out->sack_count = 0;
    /*@ loop invariant is_reader(r) && out->sack_count == i && i <= TCP_SACK_BLOCKS;
        loop assigns i, r->at, r->is_short, out->sack_count, out->sacks[0 .. TCP_SACK_BLOCKS - 1];
        loop variant TCP_SACK_BLOCKS - i; */
    for (uint8_t i = 0; i < TCP_SACK_BLOCKS && reader_more(r); i++) {
        out->sacks[i].begin = reader_u32(r, "left edge");
        out->sacks[i].end = reader_u32(r, "right edge");
        out->sack_count++;
    }
    return reader_end(r);
}

static enum err read_option(uint8_t kind, struct bytes value, struct tcp_options *out)
{
    struct reader r = reader_over(value, NULL);
    switch (kind) {
    case OPTION_MSS:
        out->has_mss = true;
        out->mss = reader_u16(&r, "maximum segment size");
        break;
    case OPTION_SCALE:
        out->has_scale = true;
        out->scale = reader_u8(&r, "shift count");
        if (out->scale > TCP_SCALE_MAX)
            out->scale = TCP_SCALE_MAX;
        break;
    case OPTION_SACK_PERMITTED:
        out->has_sack_permitted = true;
        break;
    case OPTION_SACK:
        return read_sacks(&r, out);
    case OPTION_TIMESTAMPS:
        out->has_timestamps = true;
        out->timestamp = reader_u32(&r, "timestamp");
        out->timestamp_echo = reader_u32(&r, "echoed timestamp");
        break;
    default:
        return OK;
    }
    return reader_end(&r);
}

static enum err read_options(struct bytes octets, struct tcp_options *out)
{
    struct reader r = reader_over(octets, NULL);
    /*@ loop invariant is_reader(&r) && r.all == octets;
        loop invariant out->sack_count <= TCP_SACK_BLOCKS && out->scale <= TCP_SCALE_MAX;
        loop assigns r.at, r.is_short, *out;
        loop variant r.all.len - r.at; */
    while (reader_more(&r)) {
        uint8_t kind = reader_u8(&r, "kind");
        if (kind == OPTION_END)
            return OK;
        if (kind == OPTION_NOP)
            continue;
        uint8_t len = reader_u8(&r, "length");
        if (len < 2)
            return ERR_BAD_VALUE;
        struct bytes value = reader_octets(&r, "value", len - 2u);
        if (r.is_short || read_option(kind, value, out) != OK)
            return ERR_BAD_VALUE;
    }
    return OK;
}

static bool is_intact(const struct ip_header *ip)
{
    uint64_t sum =
        checksum_pseudo_header(&ip->source, &ip->destination, IP_TCP, (uint32_t)ip->payload.len);
    return checksum_finish(checksum_add(sum, ip->payload)) == 0;
}

enum err tcp_segment_parse(const struct ip_header *ip, bool checksum_is_known,
                           struct tcp_segment *out)
{
    *out = (struct tcp_segment){ 0 };
    if (ip->protocol != IP_TCP || ip_header_is_fragment(ip))
        return ERR_BAD_VALUE;
    struct reader r = reader_over(ip->payload, NULL);
    out->source_port = reader_u16(&r, "source port");
    out->destination_port = reader_u16(&r, "destination port");
    out->seq = reader_u32(&r, "sequence number");
    out->ack = reader_u32(&r, "acknowledgment number");
    size_t header_len = (size_t)(reader_u8(&r, "data offset") >> 4) * 4;
    out->flags = reader_u8(&r, "flags");
    out->window = reader_u16(&r, "window");
    (void)reader_u16(&r, "checksum");
    out->urgent_pointer = reader_u16(&r, "urgent pointer");
    if (r.is_short)
        return ERR_TRUNCATED;
    if (header_len < TCP_HEADER_LEN)
        return ERR_BAD_VALUE;
    struct bytes options = reader_octets(&r, "options", header_len - TCP_HEADER_LEN);
    out->payload = reader_rest(&r, "payload");
    if (r.is_short)
        return ERR_TRUNCATED;
    if (!checksum_is_known && !is_intact(ip))
        return ERR_BAD_CHECKSUM;
    return read_options(options, &out->options);
}

uint32_t tcp_segment_len(const struct tcp_segment *s)
{
    return (uint32_t)s->payload.len + (s->flags & TCP_SYN ? 1 : 0) + (s->flags & TCP_FIN ? 1 : 0);
}

/* Without the SACK blocks, which take what is left. */
static size_t fixed_options_len(const struct tcp_options *o)
{
    size_t len = o->has_mss ? 4 : 0;
    if (o->has_timestamps)
        len += 12; /* the SACK-permitted option takes the place of its padding */
    else if (o->has_sack_permitted)
        len += 4;
    return len + (o->has_scale ? 4 : 0);
}

static size_t sack_count(const struct tcp_options *o)
{
    size_t room = (OPTIONS_MAX - fixed_options_len(o) - 4) / SACK_BLOCK;
    return o->sack_count < room ? o->sack_count : room;
}

size_t tcp_segment_options_len(const struct tcp_options *options)
{
    size_t count = sack_count(options);
    return fixed_options_len(options) + (count ? 4 + count * SACK_BLOCK : 0);
}

/* Two octets, of padding or SACK-permitted, then kind and length of the option that shares the word. */
static size_t put_pair(uint8_t *out, size_t at, bool sack_permitted, uint8_t kind, uint8_t len)
{
    out[at] = sack_permitted ? OPTION_SACK_PERMITTED : OPTION_NOP;
    out[at + 1] = sack_permitted ? 2 : OPTION_NOP;
    out[at + 2] = kind;
    out[at + 3] = len;
    return at + 4;
}

/* The order and padding of Linux: the most common on the Internet, so neither middleboxes nor fingerprinting tools see
 * anything new. */
static size_t put_options(const struct tcp_options *o, uint8_t *out, size_t at)
{
    if (o->has_mss) {
        out[at] = OPTION_MSS;
        out[at + 1] = 4;
        put_u16(out, at + 2, o->mss);
        at += 4;
    }
    if (o->has_timestamps) {
        at = put_pair(out, at, o->has_sack_permitted, OPTION_TIMESTAMPS, 10);
        put_u32(out, at, o->timestamp);
        put_u32(out, at + 4, o->timestamp_echo);
        at += 8;
    } else if (o->has_sack_permitted) {
        at = put_pair(out, at, false, OPTION_SACK_PERMITTED, 2);
    }
    if (o->has_scale) {
        out[at] = OPTION_NOP;
        out[at + 1] = OPTION_SCALE;
        out[at + 2] = 3;
        out[at + 3] = o->scale;
        at += 4;
    }
    size_t count = sack_count(o);
    if (count)
        at = put_pair(out, at, false, OPTION_SACK, (uint8_t)(2 + count * SACK_BLOCK));
    for (size_t i = 0; i < count; i++, at += SACK_BLOCK) {
        put_u32(out, at, o->sacks[i].begin);
        put_u32(out, at + 4, o->sacks[i].end);
    }
    return at;
}

size_t tcp_segment_write(const struct tcp_segment *s, uint8_t *out)
{
    put_u16(out, 0, s->source_port);
    put_u16(out, 2, s->destination_port);
    put_u32(out, 4, s->seq);
    put_u32(out, 8, s->ack);
    size_t len = put_options(&s->options, out, TCP_HEADER_LEN);
    CHECK(len == TCP_HEADER_LEN + tcp_segment_options_len(&s->options));
    out[12] = (uint8_t)(len / 4 << 4);
    out[13] = s->flags;
    put_u16(out, 14, s->window);
    put_u16(out, TCP_CHECKSUM_AT, 0);
    put_u16(out, 18, s->urgent_pointer);
    return len;
}
