/* SPDX-License-Identifier: BSD-2-Clause */
/* The channels of one end, and what their peer may say, for the tests of channels. */
#pragma once

#include "sent.h"
#include "ssh/channel/channels.h"
#include "ssh/msg/channel_flow.h"
#include "ssh/msg/channel_open.h"
#include "ssh/reasons.h"

enum { PEER_ID = 77, SESSIONS_MAX = 3, PEER_WINDOW = 100000, PEER_PACKET = 1000 };

struct world {
    struct channels channels;
    struct budget budget;
    struct sent sent;
    struct channels_event event;
};

static inline void start(struct world *w, enum role role)
{
    budget_init(&w->budget);
    budget_login(&w->budget);
    channels_init(&w->channels, role, SESSIONS_MAX, &w->budget, NULL, sent_start(&w->sent));
}

static inline void stop(struct world *w)
{
    channels_wipe(&w->channels);
    sent_wipe(&w->sent);
}

/* ---- the peer's messages ---- */

static inline enum err feed(struct world *w, const struct buf *payload)
{
    return channels_feed(&w->channels, buf_bytes(payload), &w->event);
}

static inline enum err feed_open_as(struct world *w, const char *type, uint32_t id,
                                    uint32_t max_packet)
{
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    const struct channel_open open = { bytes_text(type), id, PEER_WINDOW, max_packet, BYTES_NONE };
    assert_int_equal(channel_open_encode(&payload, &open), OK);
    return feed(w, &payload);
}

static inline enum err feed_open(struct world *w, uint32_t id)
{
    return feed_open_as(w, "session", id, PEER_PACKET);
}

static inline enum err feed_confirmation(struct world *w, uint32_t ours, uint32_t peers)
{
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    const struct channel_open_confirmation confirmation = { ours, peers, PEER_WINDOW, PEER_PACKET };
    assert_int_equal(channel_open_encode_confirmation(&payload, &confirmation), OK);
    return feed(w, &payload);
}

static inline enum err feed_refusal(struct world *w, uint32_t ours)
{
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    const struct channel_open_failure failure = { .recipient_channel = ours, .text = B("no") };
    assert_int_equal(channel_open_encode_failure(&payload, &failure), OK);
    return feed(w, &payload);
}

static inline enum err feed_signal(struct world *w, uint8_t number, uint32_t channel)
{
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    const struct channel_flow_signal signal = { number, channel };
    assert_int_equal(channel_flow_encode_signal(&payload, &signal), OK);
    return feed(w, &payload);
}

static inline enum err feed_window(struct world *w, uint32_t channel, uint32_t count)
{
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    const struct channel_flow_window window = { channel, count };
    assert_int_equal(channel_flow_encode_window(&payload, &window), OK);
    return feed(w, &payload);
}

static inline enum err feed_data(struct world *w, uint32_t channel, uint32_t extended, size_t len)
{
    static const uint8_t octets[LIMITS_DATA_PACKET + 1];
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    const struct channel_flow_data data = { channel, extended != 0, extended,
                                            bytes_of(octets, len) };
    assert_int_equal(channel_flow_encode_data(&payload, &data), OK);
    return feed(w, &payload);
}

static inline enum err feed_request(struct world *w, uint32_t channel, const char *name,
                                    bool want_reply, struct bytes specific)
{
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    const struct channel_flow_request request = { channel, bytes_text(name), want_reply, specific };
    assert_int_equal(channel_flow_encode_request(&payload, &request), OK);
    return feed(w, &payload);
}

/* ---- what we sent ---- */

static inline uint32_t refusal_reason(struct world *w)
{
    struct channel_open_failure failure;
    struct bytes payload = sent_take(&w->sent, SSH_MSG_CHANNEL_OPEN_FAILURE);
    assert_int_equal(channel_open_decode_failure(payload, NULL, &failure), OK);
    return failure.reason;
}

/* The name of the request that was sent, and that it went to that channel of the peer. */
static inline struct bytes sent_request(struct world *w, uint32_t channel)
{
    struct channel_flow_request request;
    struct bytes payload = sent_take(&w->sent, SSH_MSG_CHANNEL_REQUEST);
    assert_int_equal(channel_flow_decode_request(payload, NULL, &request), OK);
    assert_int_equal(request.channel, channel);
    return request.name;
}

/* A server whose client opened a session: our number of it. */
static inline uint32_t serve(struct world *w)
{
    start(w, ROLE_SERVER);
    assert_int_equal(feed_open(w, PEER_ID), OK);
    assert_int_equal(w->event.kind, CHANNELS_OPENING);
    uint32_t channel = w->event.channel;
    channels_answer_open(&w->channels, channel, true, 0);
    (void)sent_take(&w->sent, SSH_MSG_CHANNEL_OPEN_CONFIRMATION);
    return channel;
}

/* A client whose session the server confirmed. */
static inline uint32_t use(struct world *w)
{
    start(w, ROLE_CLIENT);
    channels_allow(&w->channels, false);
    uint32_t channel = channels_open_session(&w->channels);
    (void)sent_take(&w->sent, SSH_MSG_CHANNEL_OPEN);
    assert_int_equal(feed_confirmation(w, channel, PEER_ID), OK);
    assert_int_equal(w->event.kind, CHANNELS_OPENED);
    return channel;
}
