/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/channel/channels.h"

#include "base/check.h"
#include "base/writer.h"
#include "ssh/channel/channels_internal.h"
#include "ssh/events.h"
#include "ssh/msg/channel_flow.h"
#include "ssh/msg/channel_open.h"

#include <stdlib.h>
#include <string.h>

enum { TABLE_FIRST = 4 };

void channels_init(struct channels *c, enum role role, unsigned max_sessions, struct budget *budget,
                   const struct trace *trace, struct outbox outbox)
{
    *c = (struct channels){ .role = role,
                            .max_sessions = max_sessions,
                            .budget = budget,
                            .trace = trace,
                            .outbox = outbox };
}

void channels_wipe(struct channels *c)
{
    for (size_t i = 0; i < c->count; i++)
        buf_wipe(&c->table[i].held);
    free(c->table);
    c->table = NULL;
    c->count = 0;
}

struct channels_channel *channels_find(const struct channels *c, uint32_t id)
{
    return id < c->count && c->table[id].is_used ? &c->table[id] : NULL;
}

static bool grow(struct channels *c)
{
    size_t count = c->count ? 2 * c->count : TABLE_FIRST;
    if (count > LIMITS_CHANNELS)
        return false;
    struct channels_channel *table = calloc(count, sizeof(*table));
    CHECK(table != NULL);
    if (c->table)
        memcpy(table, c->table, c->count * sizeof(*table));
    free(c->table);
    c->table = table;
    c->count = count;
    return true;
}

struct channels_channel *channels_take(struct channels *c, uint32_t *id)
{
    size_t at = 0;
    while (at < c->count && c->table[at].is_used)
        at++;
    if (at == c->count && !grow(c))
        return NULL;
    struct channels_channel *channel = &c->table[at];
    *channel = (struct channels_channel){ .is_used = true, .held = BUF_EMPTY(LIMITS_HELD) };
    window_init(&channel->window, c->now);
    *id = (uint32_t)at;
    return channel;
}

void channels_free(struct channels_channel *channel)
{
    buf_wipe(&channel->held);
    channel->is_used = false;
}

void channels_send(const struct channels *c, const struct buf *payload)
{
    outbox_send(&c->outbox, buf_bytes(payload));
}

void channels_send_signal(const struct channels *c, uint8_t number, uint32_t peer_id)
{
    scoped(buf) payload = BUF_EMPTY(16);
    const struct channel_flow_signal signal = { number, peer_id };
    enum err err = channel_flow_encode_signal(&payload, &signal);
    CHECK(err == OK);
    channels_send(c, &payload);
}

/* ---- opening ---- */

static void send_open(struct channels *c, uint32_t id, struct channels_channel *channel)
{
    scoped(buf) payload = BUF_EMPTY(256);
    const struct channel_open open = { .type = BYTES_LITERAL("session"),
                                       .sender_channel = id,
                                       .window = channel->window.size,
                                       .max_packet = LIMITS_DATA_PACKET };
    enum err err = channel_open_encode(&payload, &open);
    CHECK(err == OK);
    channels_send(c, &payload);
    channel->is_open_sent = true;
    TRACE(c->trace, &events_CHANNEL_OPEN, trace_number("out", 1), trace_text("type", "session"),
          trace_number("id", id), trace_number("window", open.window),
          trace_number("max_packet", open.max_packet));
}

static void send_request(const struct channels *c, uint32_t peer_id,
                         const struct channel_flow_request *parts)
{
    scoped(buf) payload = BUF_EMPTY(LIMITS_PAYLOAD);
    struct channel_flow_request request = *parts;
    request.channel = peer_id;
    enum err err = channel_flow_encode_request(&payload, &request);
    CHECK(err == OK);
    channels_send(c, &payload);
    TRACE(c->trace, &events_CHANNEL_REQUEST, trace_number("out", 1),
          trace_octets("name", request.name), trace_number("want_reply", request.want_reply));
}

void channels_trace_exit(const struct channels *c, bool out, const struct channel_request *request)
{
    if (request->kind == CHANNEL_REQUEST_EXIT_STATUS)
        TRACE(c->trace, &events_CHANNEL_EXIT, trace_number("out", out),
              trace_number("status", request->status));
    else if (request->kind == CHANNEL_REQUEST_EXIT_SIGNAL)
        TRACE(c->trace, &events_CHANNEL_EXIT, trace_number("out", out),
              trace_peer("signal", request->text));
}

/* Requests are held as whole payloads; the recipient is filled in once known. */
static void hold(struct channels_channel *channel, const struct channel_flow_request *request)
{
    scoped(buf) payload = BUF_EMPTY(LIMITS_PAYLOAD);
    enum err err = channel_flow_encode_request(&payload, request);
    CHECK(err == OK);
    struct writer w = writer_to(&channel->held);
    writer_string(&w, buf_bytes(&payload));
    err = writer_end(&w);
    CHECK(err == OK);
}

static void send_held(const struct channels *c, const struct channels_channel *channel,
                      uint32_t peer_id)
{
    struct reader r = reader_over(buf_bytes(&channel->held), NULL);
    while (reader_more(&r)) {
        struct channel_flow_request request;
        enum err err = channel_flow_decode_request(reader_string(&r, "payload"), NULL, &request);
        CHECK(err == OK);
        send_request(c, peer_id, &request);
    }
}

static void begin(struct channels *c, uint32_t id, struct channels_channel *channel)
{
    send_open(c, id, channel);
    channel->is_guessed = c->guesses && id == 0;
    if (channel->is_guessed)
        send_held(c, channel, 0);
}

void channels_allow(struct channels *c, bool guesses)
{
    c->is_allowed = true;
    c->guesses = guesses;
    for (uint32_t id = 0; id < c->count; id++) {
        struct channels_channel *channel = &c->table[id];
        if (channel->is_used && channel->is_opening && !channel->is_open_sent)
            begin(c, id, channel);
    }
}

void channels_forbid(struct channels *c)
{
    c->is_allowed = false;
    for (size_t i = 0; i < c->count; i++)
        c->table[i].is_open_sent = c->table[i].is_guessed = false;
}

uint32_t channels_open_session(struct channels *c)
{
    uint32_t id;
    struct channels_channel *channel = channels_take(c, &id);
    CHECK(channel != NULL); /* an owner that opens a thousand sessions must count them */
    channel->is_opening = true;
    if (c->is_allowed)
        begin(c, id, channel);
    return id;
}

void channels_request(struct channels *c, uint32_t id, const struct channel_request *request)
{
    struct channels_channel *channel = channels_find(c, id);
    if (!channel || channel->close_sent)
        return;
    scoped(buf) specific = BUF_EMPTY(LIMITS_PAYLOAD);
    enum err err = channel_request_encode(&specific, request);
    CHECK(err == OK);
    const struct channel_flow_request flow = {
        .name = request->kind == CHANNEL_REQUEST_OTHER
                    ? request->name
                    : bytes_text(channel_request_name(request->kind)),
        .want_reply = request->want_reply,
        .specific = buf_bytes(&specific),
    };
    channel->replies_awaited += request->want_reply;
    if (channel->is_opening)
        hold(channel, &flow);
    if (!channel->is_opening || channel->is_guessed)
        send_request(c, channel->peer_id, &flow);
    channels_trace_exit(c, true, request);
}

void channels_confirmed(struct channels *c, struct channels_channel *channel, uint32_t peer_id)
{
    bool was_sent = channel->is_guessed && peer_id == 0;
    channel->peer_id = peer_id;
    channel->is_opening = false;
    if (!was_sent)
        send_held(c, channel, peer_id);
    channel->is_guessed = false;
    buf_wipe(&channel->held);
}

/* ---- the owner's other commands ---- */

static void refuse_open(const struct channels *c, uint32_t peer_id, uint32_t reason)
{
    scoped(buf) payload = BUF_EMPTY(256);
    const char *text = "refused";
    const struct channel_open_failure failure = { .recipient_channel = peer_id,
                                                  .reason = reason,
                                                  .text = bytes_text(text) };
    enum err err = channel_open_encode_failure(&payload, &failure);
    CHECK(err == OK);
    channels_send(c, &payload);
    TRACE(c->trace, &events_CHANNEL_REFUSE, trace_number("out", 1), trace_number("reason", reason),
          trace_text("text", text));
}

void channels_refuse(const struct channels *c, uint32_t peer_id, uint32_t reason)
{
    refuse_open(c, peer_id, reason);
}

void channels_answer_open(struct channels *c, uint32_t id, bool accepted, uint32_t reason)
{
    struct channels_channel *channel = channels_find(c, id);
    CHECK(channel && channel->is_asked);
    if (!accepted) {
        refuse_open(c, channel->peer_id, reason);
        channels_free(channel);
        return;
    }
    channel->is_asked = false;
    scoped(buf) payload = BUF_EMPTY(64);
    const struct channel_open_confirmation confirmation = { .recipient_channel = channel->peer_id,
                                                            .sender_channel = id,
                                                            .window = channel->window.size,
                                                            .max_packet = LIMITS_DATA_PACKET };
    enum err err = channel_open_encode_confirmation(&payload, &confirmation);
    CHECK(err == OK);
    channels_send(c, &payload);
    TRACE(c->trace, &events_CHANNEL_CONFIRM, trace_number("out", 1), trace_number("id", id),
          trace_number("window", confirmation.window));
}

void channels_answer_request(struct channels *c, uint32_t id, bool ok)
{
    struct channels_channel *channel = channels_find(c, id);
    if (!channel || channel->replies_owed == 0)
        return;
    channel->replies_owed--;
    if (channel->close_sent)
        return;
    channels_send_signal(c, ok ? SSH_MSG_CHANNEL_SUCCESS : SSH_MSG_CHANNEL_FAILURE,
                         channel->peer_id);
    TRACE(c->trace, &events_CHANNEL_REPLY, trace_number("out", 1), trace_number("ok", ok));
}

void channels_eof(struct channels *c, uint32_t id)
{
    struct channels_channel *channel = channels_find(c, id);
    if (!channel || channel->eof_sent || channel->close_sent || channel->is_opening)
        return;
    channel->eof_sent = true;
    channels_send_signal(c, SSH_MSG_CHANNEL_EOF, channel->peer_id);
    TRACE(c->trace, &events_CHANNEL_EOF, trace_number("out", 1), trace_number("id", id));
}

void channels_close(struct channels *c, uint32_t id)
{
    struct channels_channel *channel = channels_find(c, id);
    if (!channel || channel->close_sent || channel->is_opening)
        return;
    channel->close_sent = true;
    channels_send_signal(c, SSH_MSG_CHANNEL_CLOSE, channel->peer_id);
    TRACE(c->trace, &events_CHANNEL_CLOSE, trace_number("out", 1), trace_number("id", id));
}

/* How much all windows together may still grow: we may have to hold what the peer sends. */
static uint32_t growth_left(const struct channels *c)
{
    uint64_t total = 0;
    for (size_t i = 0; i < c->count; i++)
        total += c->table[i].is_used ? c->table[i].window.size : 0;
    return total < WINDOW_MAX ? (uint32_t)(WINDOW_MAX - total) : 0;
}

void channels_delivered(struct channels *c, uint32_t id, size_t count)
{
    struct channels_channel *channel = channels_find(c, id);
    if (!channel)
        return;
    uint32_t credit =
        window_deliver(&channel->window, count, c->now, c->round_trip_us, growth_left(c));
    if (credit == 0 || channel->close_sent || channel->eof_received)
        return;
    scoped(buf) payload = BUF_EMPTY(16);
    const struct channel_flow_window window = { channel->peer_id, credit };
    enum err err = channel_flow_encode_window(&payload, &window);
    CHECK(err == OK);
    channels_send(c, &payload);
    channels_trace_window(c, true, &channel->room_sent, credit);
}

void channels_trace_window(const struct channels *c, bool out, bool *seen, uint32_t count)
{
    TRACE(c->trace, &events_CHANNEL_WINDOW, trace_number("out", out), trace_number("first", !*seen),
          trace_number("count", count));
    *seen = true;
}

/* ---- data ---- */

size_t channels_sendable(const struct channels *c, uint32_t id, size_t already)
{
    const struct channels_channel *channel = channels_find(c, id);
    if (!channel || channel->is_opening || channel->is_asked || channel->eof_sent ||
        channel->close_sent || already >= channel->send_window)
        return 0;
    size_t left = channel->send_window - already;
    return left < channel->send_max ? left : channel->send_max;
}

size_t channels_data_header(const struct channels *c, uint32_t id, uint32_t extended, size_t len,
                            uint8_t *out)
{
    const struct channels_channel *channel = channels_find(c, id);
    CHECK(channel != NULL);
    return channel_flow_data_header(out, channel->peer_id, extended, len);
}

void channels_trace_data(const struct channels *c, bool out, bool *seen, uint32_t extended,
                         size_t len)
{
    TRACE(c->trace, &events_CHANNEL_DATA, trace_number("out", out), trace_number("first", !*seen),
          trace_number("len", len), trace_number("extended", extended));
    *seen = true;
}

void channels_sent_data(struct channels *c, uint32_t id, uint32_t extended, size_t len)
{
    struct channels_channel *channel = channels_find(c, id);
    CHECK(channel && len <= channel->send_window);
    channel->send_window -= (uint32_t)len;
    channels_trace_data(c, true, &channel->data_sent, extended, len);
}

void channels_want_room(struct channels *c, uint32_t id)
{
    struct channels_channel *channel = channels_find(c, id);
    if (channel)
        channel->wants_room = true;
}

bool channels_take_room(struct channels *c, uint32_t *id)
{
    for (uint32_t i = 0; i < c->count; i++) {
        if (c->table[i].is_used && c->table[i].wants_room && channels_sendable(c, i, 0)) {
            c->table[i].wants_room = false;
            *id = i;
            return true;
        }
    }
    return false;
}
