/* SPDX-License-Identifier: BSD-2-Clause */
/* What is shown of a captured frame, read with tcpip/wire. */
#pragma once

#include "base/bytes.h"

struct tcp_frame {
    uint16_t source_port, destination_port;
    uint32_t seq, ack;
    uint16_t window;
    size_t payload_len;
    bool syn, ack_flag, fin, rst;
    uint16_t mss;     /* 0: no such option */
    int window_scale; /* -1: no such option */
    bool sack, timestamps;
};

/* The frame begins with its IP header, and its end may be missing. False: not a readable TCP segment over IPv4 or IPv6
 * (a fragment, cut headers, an option of a wrong length). */
bool tcp_frame_parse(struct bytes frame, struct tcp_frame *out);

/* "SYN", "SYN-ACK", "ACK", "FIN-ACK", "RST" …: static text. */
const char *tcp_frame_flags(const struct tcp_frame *frame);
