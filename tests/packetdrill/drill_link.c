/* SPDX-License-Identifier: BSD-2-Clause */
#include "packetdrill/drill_link.h"

#include "tcpip/wire/checksum.h"
#include "tcpip/wire/ip_header.h"
#include "tcpip/wire/tcp_segment.h"

#include <string.h>

enum { SEQ_AT = 4, FLAGS_AT = 13, CHECKSUM_AT = 16 }; /* of a TCP header */

static void put16(uint8_t *out, size_t value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
}

static void add_to_seq(uint8_t *out, size_t count)
{
    uint32_t seq = (uint32_t)out[0] << 24 | (uint32_t)out[1] << 16 | (uint32_t)out[2] << 8 | out[3];
    seq += (uint32_t)count;
    put16(out, seq >> 16);
    put16(out + 2, seq & 0xffff);
}

static void set_lengths_and_checksums(uint8_t *packet, size_t len, size_t tcp_at)
{
    bool is_v4 = packet[0] >> 4 == 4;
    size_t tcp_len = len - tcp_at, address_len = is_v4 ? 4 : 16, addresses_at = is_v4 ? 12 : 8;
    if (is_v4) {
        put16(packet + 2, len);
        put16(packet + 10, 0);
        put16(packet + 10, checksum_finish(checksum_add(0, bytes_of(packet, tcp_at))));
    } else {
        put16(packet + 4, tcp_len);
    }
    uint8_t rest[] = { 0, IP_TCP, (uint8_t)(tcp_len >> 8), (uint8_t)tcp_len };
    uint64_t sum = checksum_add(0, bytes_of(packet + addresses_at, 2 * address_len));
    sum = checksum_add(sum, bytes_of(rest, sizeof(rest)));
    put16(packet + tcp_at + CHECKSUM_AT, 0);
    put16(packet + tcp_at + CHECKSUM_AT,
          checksum_finish(checksum_add(sum, bytes_of(packet + tcp_at, tcp_len))));
}

/* Octets [begin, end) of the data. */
static void copy_data(const struct stack_frame *frame, size_t begin, size_t end, uint8_t *out)
{
    size_t at = 0;
    for (size_t i = 0; i < frame->slice_count; i++) {
        struct bytes slice = frame->slices[i];
        size_t from = at > begin ? at : begin, to = at + slice.len < end ? at + slice.len : end;
        if (from < to)
            memcpy(out + from - begin, slice.data + from - at, to - from);
        at += slice.len;
    }
}

size_t drill_link_count(const struct stack_frame *frame)
{
    size_t data_len = frame->len - frame->header_len;
    return frame->segment_len > 0 ? (data_len + frame->segment_len - 1) / frame->segment_len : 1;
}

size_t drill_link_packet(const struct stack_frame *frame, size_t number, uint8_t *out)
{
    size_t data_len = frame->len - frame->header_len, begin = number * frame->segment_len;
    size_t left = data_len - begin;
    bool is_last = frame->segment_len == 0 || left <= frame->segment_len;
    size_t end = is_last ? data_len : begin + frame->segment_len;
    size_t len = frame->header_len + end - begin;
    memcpy(out, frame->header, frame->header_len);
    copy_data(frame, begin, end, out + frame->header_len);
    if (frame->segment_len == 0 && !frame->needs_checksum)
        return len;
    uint8_t *tcp = out + frame->transport_at;
    add_to_seq(tcp + SEQ_AT, begin);
    if (!is_last)
        tcp[FLAGS_AT] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
    if (number > 0)
        tcp[FLAGS_AT] &= (uint8_t)~TCP_CWR;
    set_lengths_and_checksums(out, len, frame->transport_at);
    return len;
}
