/* SPDX-License-Identifier: BSD-2-Clause */
/* Channel data without a copy: the owner fills packets that are being built. */
#include "base/check.h"
#include "ssh/connection_internal.h"

#include <string.h>

static size_t header_len(uint32_t extended)
{
    return extended ? CHANNELS_EXTENDED_HEADER_LEN : CHANNELS_DATA_HEADER_LEN;
}

size_t connection_data_reserve(struct connection *c, uint32_t channel, uint32_t extended,
                               struct span *spans, size_t count)
{
    size_t header = header_len(extended);
    size_t already = 0;
    size_t made = 0;
    if (count > TRANSPORT_RESERVE_MAX)
        count = TRANSPORT_RESERVE_MAX;
    for (; made < count; made++) {
        size_t len = channels_sendable(&c->channels, channel, already);
        if (len == 0)
            break;
        already += len;
        c->data_lens[made] = header + len;
    }
    c->data_channel = channel;
    c->data_extended = extended;
    c->data_count = 0;
    if (c->err != OK || made == 0 ||
        !transport_reserve(&c->transport, c->data_lens, made, c->data_payloads)) {
        channels_want_room(&c->channels, channel);
        return 0;
    }
    c->data_count = made;
    for (size_t i = 0; i < made; i++)
        spans[i] = bytes_span_skip(c->data_payloads[i], header);
    return made;
}

void connection_data_commit(struct connection *c, size_t filled)
{
    size_t header = header_len(c->data_extended);
    size_t used = 0;
    while (filled) {
        CHECK(used < c->data_count);
        size_t room = c->data_lens[used] - header;
        size_t len = filled < room ? filled : room;
        (void)channels_data_header(&c->channels, c->data_channel, c->data_extended, len,
                                   c->data_payloads[used].data);
        c->data_lens[used++] = header + len;
        filled -= len;
    }
    c->data_count = 0;
    transport_commit(&c->transport, c->data_lens, used);
    for (size_t i = 0; i < used; i++)
        channels_sent_data(&c->channels, c->data_channel, c->data_extended,
                           c->data_lens[i] - header);
}

size_t connection_data_copy(struct connection *c, uint32_t channel, uint32_t extended,
                            struct bytes data)
{
    size_t copied = 0;
    struct span span;
    while (copied < data.len && connection_data_reserve(c, channel, extended, &span, 1)) {
        struct bytes piece = bytes_slice(data, copied, span.len);
        memcpy(span.data, piece.data, piece.len);
        connection_data_commit(c, piece.len);
        copied += piece.len;
    }
    return copied;
}

void connection_data_delivered(struct connection *c, uint32_t channel, size_t count)
{
    channels_delivered(&c->channels, channel, count);
}
