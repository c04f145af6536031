/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/tcp_frame.h"

#include "base/reader.h"

enum { PROTOCOL_TCP = 6, IPV4_HEADER_MIN = 20, IPV6_HEADER = 40, TCP_HEADER_MIN = 20 };
enum { IPV6_HOP_BY_HOP = 0, IPV6_ROUTING = 43, IPV6_OPTIONS = 60, EXTENSIONS_MAX = 8 };
enum {
    OPTION_END = 0,
    OPTION_NOP = 1,
    OPTION_MSS = 2,
    OPTION_SCALE = 3,
    OPTION_SACK = 4,
    OPTION_TIME = 8
};

static uint16_t u16(struct reader *r)
{
    uint8_t high = reader_u8(r, "high octet");
    return (uint16_t)(high << 8 | reader_u8(r, "low octet"));
}

/* Moves *packet to the TCP header, cut to what IP says belongs to it. */
static bool skip_ipv4(struct bytes *packet)
{
    struct reader r = reader_over(*packet, NULL);
    size_t header_len = (reader_u8(&r, "version and length") & 15u) * 4u;
    (void)reader_u8(&r, "service");
    size_t total_len = u16(&r);
    (void)u16(&r);
    bool is_later_fragment = (u16(&r) & 0x1fff) != 0;
    (void)reader_u8(&r, "time to live");
    uint8_t protocol = reader_u8(&r, "protocol");
    if (r.is_short || protocol != PROTOCOL_TCP || is_later_fragment ||
        header_len < IPV4_HEADER_MIN || total_len < header_len || header_len > packet->len)
        return false;
    *packet = bytes_skip(bytes_slice(*packet, 0, total_len), header_len);
    return true;
}

static bool is_extension(uint8_t next)
{
    return next == IPV6_HOP_BY_HOP || next == IPV6_ROUTING || next == IPV6_OPTIONS;
}

static bool skip_ipv6(struct bytes *packet)
{
    if (packet->len < IPV6_HEADER)
        return false;
    uint8_t next = packet->data[6];
    *packet = bytes_skip(*packet, IPV6_HEADER);
    for (int i = 0; is_extension(next) && i < EXTENSIONS_MAX; i++) {
        if (packet->len < 8)
            return false;
        size_t len = (packet->data[1] + 1u) * 8u;
        next = packet->data[0];
        *packet = bytes_skip(*packet, len);
    }
    return next == PROTOCOL_TCP;
}

static void read_option(uint8_t kind, struct bytes value, struct tcp_frame *out)
{
    if (kind == OPTION_MSS && value.len == 2)
        out->mss = (uint16_t)(value.data[0] << 8 | value.data[1]);
    else if (kind == OPTION_SCALE && value.len == 1)
        out->window_scale = value.data[0];
    else if (kind == OPTION_SACK)
        out->sack = true;
    else if (kind == OPTION_TIME)
        out->timestamps = true;
}

static void read_options(struct bytes options, struct tcp_frame *out)
{
    while (options.len) {
        uint8_t kind = options.data[0];
        if (kind == OPTION_END)
            return;
        if (kind == OPTION_NOP) {
            options = bytes_skip(options, 1);
            continue;
        }
        size_t len = options.len > 1 ? options.data[1] : 0;
        if (len < 2 || len > options.len)
            return;
        read_option(kind, bytes_slice(options, 2, len - 2), out);
        options = bytes_skip(options, len);
    }
}

static bool read_tcp(struct bytes segment, struct tcp_frame *out)
{
    struct reader r = reader_over(segment, NULL);
    out->source_port = u16(&r);
    out->destination_port = u16(&r);
    out->seq = reader_u32(&r, "sequence number");
    out->ack = reader_u32(&r, "acknowledgment number");
    size_t header_len = (size_t)(reader_u8(&r, "data offset") >> 4) * 4;
    uint8_t flags = reader_u8(&r, "flags");
    out->window = u16(&r);
    if (r.is_short || header_len < TCP_HEADER_MIN || header_len > segment.len)
        return false;
    out->fin = flags & 1;
    out->syn = flags & 2;
    out->rst = flags & 4;
    out->ack_flag = flags & 16;
    out->payload_len = segment.len - header_len;
    read_options(bytes_slice(segment, TCP_HEADER_MIN, header_len - TCP_HEADER_MIN), out);
    return true;
}

bool tcp_frame_parse(struct bytes frame, struct tcp_frame *out)
{
    *out = (struct tcp_frame){ .window_scale = -1 };
    if (frame.len == 0)
        return false;
    uint8_t version = frame.data[0] >> 4;
    if (version != 4 && version != 6)
        return false;
    return (version == 4 ? skip_ipv4(&frame) : skip_ipv6(&frame)) && read_tcp(frame, out);
}

const char *tcp_frame_flags(const struct tcp_frame *f)
{
    if (f->rst)
        return "RST";
    if (f->syn)
        return f->ack_flag ? "SYN-ACK" : "SYN";
    if (f->fin)
        return "FIN-ACK";
    return f->ack_flag ? "ACK" : "none";
}
