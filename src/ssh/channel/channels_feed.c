/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/channel/channels_internal.h"

#include "ssh/events.h"
#include "ssh/msg/channel_flow.h"
#include "ssh/msg/channel_open.h"
#include "ssh/reasons.h"

static enum err spend_idle(struct channels *c)
{
    return budget_spend(c->budget, BUDGET_IDLE, 1, c->now);
}

/* ---- opening ---- */

static bool sender_is_live(const struct channels *c, uint32_t peer_id)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const struct channels_channel *channel = &c->table[i];
        if (channel->is_used && !channel->is_opening && channel->peer_id == peer_id)
            return true;
    }
    return false;
}

static size_t live_count(const struct channels *c)
{
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        count += c->table[i].is_used;
    return count;
}

/* Why a channel of this type is refused, or 0. Types that exist are prohibited, others unknown. */
static uint32_t reason_against(const struct channels *c, struct bytes type)
{
    static const struct bytes known = BYTES_LITERAL(
        "direct-tcpip,forwarded-tcpip,x11,auth-agent@openssh.com,agent-connect,tun@openssh.com,"
        "direct-streamlocal@openssh.com,forwarded-streamlocal@openssh.com");
    if (bytes_is(type, "session")) {
        if (c->role == ROLE_CLIENT)
            return SSH_OPEN_ADMINISTRATIVELY_PROHIBITED;
        return live_count(c) < c->max_sessions ? 0 : SSH_OPEN_RESOURCE_SHORTAGE;
    }
    return bytes_list_has(known, type) ? SSH_OPEN_ADMINISTRATIVELY_PROHIBITED
                                       : SSH_OPEN_UNKNOWN_CHANNEL_TYPE;
}

static void set_limits(struct channels_channel *channel, uint32_t window, uint32_t max_packet)
{
    channel->send_window = window;
    channel->send_max = max_packet < LIMITS_DATA_PACKET ? max_packet : LIMITS_DATA_PACKET;
}

static enum err on_open(struct channels *c, struct bytes payload, struct channels_event *event)
{
    struct channel_open open;
    TRY(channel_open_decode(payload, NULL, &open));
    TRACE(c->trace, &events_CHANNEL_OPEN, trace_number("out", 0), trace_peer("type", open.type),
          trace_number("id", open.sender_channel), trace_number("window", open.window),
          trace_number("max_packet", open.max_packet));
    if (sender_is_live(c, open.sender_channel))
        return ERR_BAD_VALUE;
    if (c->no_more_sessions && bytes_is(open.type, "session"))
        return ERR_BAD_STATE;

    uint32_t reason = reason_against(c, open.type);
    if (reason == 0 && open.max_packet == 0)
        reason = SSH_OPEN_ADMINISTRATIVELY_PROHIBITED;
    struct channels_channel *channel = reason ? NULL : channels_take(c, &event->channel);
    if (!channel) {
        channels_refuse(c, open.sender_channel, reason ? reason : SSH_OPEN_RESOURCE_SHORTAGE);
        return OK;
    }
    channel->is_asked = true;
    channel->peer_id = open.sender_channel;
    set_limits(channel, open.window, open.max_packet);
    event->kind = CHANNELS_OPENING;
    event->type = open.type;
    return OK;
}

static enum err on_confirmation(struct channels *c, struct bytes payload,
                                struct channels_channel *channel, struct channels_event *event)
{
    struct channel_open_confirmation confirmation;
    TRY(channel_open_decode_confirmation(payload, NULL, &confirmation));
    TRACE(c->trace, &events_CHANNEL_CONFIRM, trace_number("out", 0),
          trace_number("window", confirmation.window));
    if (!channel || !channel->is_opening || !channel->is_open_sent)
        return ERR_BAD_STATE;
    set_limits(channel, confirmation.window, confirmation.max_packet);
    channels_confirmed(c, channel, confirmation.sender_channel);
    event->kind = CHANNELS_OPENED;
    return OK;
}

static enum err on_failure(struct channels *c, struct bytes payload,
                           struct channels_channel *channel, struct channels_event *event)
{
    struct channel_open_failure failure;
    TRY(channel_open_decode_failure(payload, NULL, &failure));
    TRACE(c->trace, &events_CHANNEL_REFUSE, trace_number("out", 0),
          trace_number("reason", failure.reason), trace_peer("text", failure.text));
    if (!channel || !channel->is_opening || !channel->is_open_sent)
        return ERR_BAD_STATE;
    channels_free(channel);
    event->kind = CHANNELS_REFUSED;
    event->reason = failure.reason;
    event->text = failure.text;
    return OK;
}

/* ---- flow ---- */

static bool is_confirmed(const struct channels_channel *channel)
{
    return channel && !channel->is_opening && !channel->is_asked;
}

static enum err on_window(struct channels *c, struct bytes payload,
                          struct channels_channel *channel)
{
    struct channel_flow_window adjust;
    TRY(channel_flow_decode_window(payload, NULL, &adjust));
    if (!channel)
        return spend_idle(c);
    if (!is_confirmed(channel) || adjust.count > UINT32_MAX - channel->send_window)
        return ERR_BAD_STATE;
    channels_trace_window(c, false, &channel->room_received, adjust.count);
    channel->send_window += adjust.count;
    return adjust.count ? OK : spend_idle(c);
}

static enum err on_data(struct channels *c, struct bytes payload, struct channels_channel *channel,
                        struct channels_event *event)
{
    struct channel_flow_data data;
    TRY(channel_flow_decode_data(payload, NULL, &data));
    if (!is_confirmed(channel) || channel->eof_received || data.data.len > LIMITS_DATA_PACKET)
        return ERR_BAD_STATE;
    if (data.data.len == 0)
        return spend_idle(c);
    bool accepted;
    TRY(window_take(&channel->window, data.data.len, &accepted));
    channels_trace_data(c, false, &channel->data_received, data.extended, data.data.len);
    if (!accepted)
        return spend_idle(c);
    /* Only a client takes stderr; anything else is thrown away, and credited back to the peer. */
    bool is_wanted = data.extended == 0 || (data.extended == 1 && c->role == ROLE_CLIENT);
    if (channel->close_sent || !is_wanted) {
        channels_delivered(c, event->channel, data.data.len);
        return is_wanted ? OK : spend_idle(c);
    }
    event->kind = CHANNELS_DATA;
    event->extended = data.extended;
    event->data = data.data;
    return OK;
}

static enum err on_eof(struct channels *c, struct bytes payload, struct channels_channel *channel,
                       struct channels_event *event)
{
    struct channel_flow_signal signal;
    TRY(channel_flow_decode_signal(payload, NULL, &signal));
    if (!is_confirmed(channel))
        return ERR_BAD_STATE;
    TRACE(c->trace, &events_CHANNEL_EOF, trace_number("out", 0));
    if (channel->eof_received)
        return spend_idle(c);
    channel->eof_received = true;
    if (!channel->close_sent)
        event->kind = CHANNELS_EOF;
    return OK;
}

static enum err on_close(struct channels *c, struct bytes payload, struct channels_channel *channel,
                         struct channels_event *event)
{
    struct channel_flow_signal signal;
    TRY(channel_flow_decode_signal(payload, NULL, &signal));
    if (!is_confirmed(channel))
        return ERR_BAD_STATE;
    TRACE(c->trace, &events_CHANNEL_CLOSE, trace_number("out", 0));
    channels_close(c, event->channel);
    channels_free(channel);
    event->kind = CHANNELS_CLOSED;
    return OK;
}

/* ---- requests ---- */

/* Which requests a receiver can act on; the others fail. */
static bool is_for(enum role receiver, enum channel_request_kind kind)
{
    switch (kind) {
    case CHANNEL_REQUEST_PTY:
    case CHANNEL_REQUEST_ENV:
    case CHANNEL_REQUEST_SHELL:
    case CHANNEL_REQUEST_EXEC:
    case CHANNEL_REQUEST_SUBSYSTEM:
    case CHANNEL_REQUEST_WINDOW_CHANGE:
    case CHANNEL_REQUEST_SIGNAL:
    case CHANNEL_REQUEST_BREAK:
        return receiver == ROLE_SERVER;
    case CHANNEL_REQUEST_EXIT_STATUS:
    case CHANNEL_REQUEST_EXIT_SIGNAL:
    case CHANNEL_REQUEST_XON_XOFF:
        return receiver == ROLE_CLIENT;
    case CHANNEL_REQUEST_EOW:
        return true;
    case CHANNEL_REQUEST_KEEPALIVE:
    case CHANNEL_REQUEST_OTHER:
        return false;
    }
    return false;
}

static enum err on_request(struct channels *c, struct bytes payload,
                           struct channels_channel *channel, struct channels_event *event)
{
    struct channel_flow_request flow;
    TRY(channel_flow_decode_request(payload, NULL, &flow));
    TRACE(c->trace, &events_CHANNEL_REQUEST, trace_number("out", 0), trace_peer("name", flow.name),
          trace_number("want_reply", flow.want_reply));
    if (!is_confirmed(channel))
        return ERR_BAD_STATE;
    if (channel->close_sent)
        return spend_idle(c);
    enum err err =
        channel_request_decode(flow.name, flow.want_reply, flow.specific, NULL, &event->request);
    bool is_usable = err == OK;
    if (!is_usable && err != ERR_BAD_VALUE)
        return err;
    channel->replies_owed += flow.want_reply;
    channels_trace_exit(c, false, &event->request);
    if (is_usable && is_for(c->role, event->request.kind)) {
        event->kind = CHANNELS_REQUEST;
        return OK;
    }
    channels_answer_request(c, event->channel, false);
    return budget_spend(c->budget, BUDGET_REQUESTS, 1, c->now);
}

static enum err on_reply(struct channels *c, struct bytes payload, struct channels_channel *channel,
                         struct channels_event *event)
{
    struct channel_flow_signal signal;
    TRY(channel_flow_decode_signal(payload, NULL, &signal));
    if (!channel)
        return spend_idle(c);
    if (!is_confirmed(channel))
        return ERR_BAD_STATE;
    if (channel->replies_awaited == 0)
        return spend_idle(c);
    channel->replies_awaited--;
    event->ok = signal.number == SSH_MSG_CHANNEL_SUCCESS;
    TRACE(c->trace, &events_CHANNEL_REPLY, trace_number("out", 0), trace_number("ok", event->ok));
    if (!channel->close_sent)
        event->kind = CHANNELS_REPLY;
    return OK;
}

enum err channels_feed(struct channels *c, struct bytes payload, struct channels_event *event)
{
    uint8_t number = message_number(payload);
    *event = (struct channels_event){ .kind = CHANNELS_NOTHING };
    if (number == SSH_MSG_CHANNEL_OPEN)
        return on_open(c, payload, event);

    TRY(channel_flow_channel(payload, &event->channel));
    struct channels_channel *channel = channels_find(c, event->channel);
    switch (number) {
    case SSH_MSG_CHANNEL_OPEN_CONFIRMATION:
        return on_confirmation(c, payload, channel, event);
    case SSH_MSG_CHANNEL_OPEN_FAILURE:
        return on_failure(c, payload, channel, event);
    case SSH_MSG_CHANNEL_WINDOW_ADJUST:
        return on_window(c, payload, channel);
    case SSH_MSG_CHANNEL_DATA:
    case SSH_MSG_CHANNEL_EXTENDED_DATA:
        return on_data(c, payload, channel, event);
    case SSH_MSG_CHANNEL_EOF:
        return on_eof(c, payload, channel, event);
    case SSH_MSG_CHANNEL_CLOSE:
        return on_close(c, payload, channel, event);
    case SSH_MSG_CHANNEL_REQUEST:
        return on_request(c, payload, channel, event);
    case SSH_MSG_CHANNEL_SUCCESS:
    case SSH_MSG_CHANNEL_FAILURE:
        return on_reply(c, payload, channel, event);
    default:
        return ERR_BAD_STATE;
    }
}
