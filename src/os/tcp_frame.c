/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/tcp_frame.h"

#include "tcpip/wire/tcp_segment.h"

bool tcp_frame_parse(struct bytes frame, struct tcp_frame *out)
{
    struct ip_header ip;
    struct tcp_segment s;
    *out = (struct tcp_frame){ .window_scale = -1 };
    /* The kernel leaves checksums to the device and gives us the first octets only. */
    if (ip_header_parse_beginning(frame, &ip) != OK || tcp_segment_parse(&ip, true, &s) != OK)
        return false;
    *out = (struct tcp_frame){ .source_port = s.source_port,
                               .destination_port = s.destination_port,
                               .seq = s.seq,
                               .ack = s.ack,
                               .window = s.window,
                               .payload_len = s.payload.len,
                               .syn = s.flags & TCP_SYN,
                               .ack_flag = s.flags & TCP_ACK,
                               .fin = s.flags & TCP_FIN,
                               .rst = s.flags & TCP_RST,
                               .mss = s.options.mss,
                               .window_scale = s.options.has_scale ? s.options.scale : -1,
                               .sack = s.options.has_sack_permitted,
                               .timestamps = s.options.has_timestamps };
    return true;
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
