/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/connection_internal.h"

#include "ssh/events.h"
#include "ssh/msg/disconnect.h"
#include "ssh/msg/ext_info.h"
#include "ssh/msg/global_request.h"
#include "ssh/msg/notice.h"
#include "ssh/msg/ping.h"

#include <string.h>

static enum legality_phase phase_of(const struct connection *c)
{
    enum legality_phase phase;
    if (transport_phase(&c->transport, &phase))
        return phase;
    return c->role == ROLE_CLIENT ? c->auth_client.phase : c->auth_server.phase;
}

/* ---- messages of the transport ---- */

static enum err on_disconnect(struct connection *c, struct bytes payload)
{
    struct disconnect message;
    if (disconnect_decode(payload, NULL, &message) != OK) /* the connection is over all the same */
        message = (struct disconnect){ 0 };
    TRACE(c->trace, &events_DISCONNECT, trace_number("out", 0),
          trace_number("reason", message.reason), trace_peer("text", message.text));
    struct connection_event *event = connection_push(c, CONNECTION_DISCONNECTED);
    event->reason = message.reason;
    event->text = message.text;
    c->err = ERR_DISCONNECTED;
    return OK;
}

static enum err on_ext_info(struct connection *c, struct bytes payload)
{
    struct ext_info info;
    scoped(buf) listed = BUF_EMPTY(LIMITS_PAYLOAD);
    c->success_is_due = phase_of(c) != LEGALITY_AFTER_NEWKEYS;
    if (c->success_is_due)
        TRY(budget_spend(&c->budget, BUDGET_EXT_INFOS, 1, c->now));
    TRY(ext_info_decode(payload, NULL, c->role, &info));
    TRY(ext_info_names(&info, &listed));
    TRACE(c->trace, &events_EXT_INFO, trace_number("out", 0),
          trace_peer("names", buf_bytes(&listed)));
    if (c->role == ROLE_SERVER) /* nothing in a client's EXT_INFO is used */
        return OK;
    struct bytes names = BYTES_NONE;
    if (ext_info_find(&info, "server-sig-algs", &names)) {
        buf_clear(&c->sig_algs);
        TRY(buf_append(&c->sig_algs, names));
    }
    if (ext_info_find(&info, "publickey-hostbound@openssh.com", NULL) && !c->no_hostbound)
        auth_client_use_hostbound(&c->auth_client);
    TRACE(c->trace, &events_SIG_ALGS, trace_peer("names", names));
    return OK;
}

static enum err on_ping(struct connection *c, struct bytes payload)
{
    struct ping ping;
    TRY(ping_decode(payload, NULL, &ping));
    if (ping.number != SSH_MSG_PING || ping.data.len > PING_ANSWER_MAX)
        return budget_spend(&c->budget, BUDGET_IDLE, 1, c->now);
    TRY(budget_spend(&c->budget, BUDGET_PONGS, 1, c->now));
    scoped(buf) answer = BUF_EMPTY(LIMITS_PAYLOAD);
    const struct ping pong = { SSH_MSG_PONG, ping.data };
    TRY(ping_encode(&answer, &pong));
    transport_send(&c->transport, buf_bytes(&answer));
    return OK;
}

static enum err on_kex(struct connection *c, struct bytes payload)
{
    struct kex_event event;
    TRY(transport_handle(&c->transport, payload, &event));
    connection_take_kex(c, &event);
    return OK;
}

/* ---- authentication ---- */

static enum err on_auth_client(struct connection *c, struct bytes payload)
{
    struct auth_client_event event = { 0 };
    TRY(auth_client_feed(&c->auth_client, payload, &event));
    if (event.kind == AUTH_CLIENT_BANNER)
        TRY(budget_spend(&c->budget, BUDGET_BANNER_OCTETS, event.text.len, c->now));
    if (event.kind == AUTH_CLIENT_ASK_PROMPTS)
        TRY(budget_spend(&c->budget, BUDGET_AUTH_ROUNDS, 1, c->now));
    connection_take_auth(c, &event);
    return OK;
}

static enum err on_auth_server(struct connection *c, struct bytes payload)
{
    struct auth_server_event event;
    TRY(auth_server_feed(&c->auth_server, payload, c->now, &event));
    if (event.kind == AUTH_SERVER_ASK_LOGIN)
        connection_push(c, CONNECTION_ASK_LOGIN)->login = event.login;
    if (event.kind == AUTH_SERVER_ASK_ANSWERS) {
        struct connection_event *made = connection_push(c, CONNECTION_ASK_ANSWERS);
        made->answers = event.answers;
        made->answers_count = event.answers_count;
    }
    return OK;
}

static enum err on_auth(struct connection *c, struct bytes payload)
{
    return c->role == ROLE_CLIENT ? on_auth_client(c, payload) : on_auth_server(c, payload);
}

/* ---- the connection protocol ---- */

static enum err answer_global(struct connection *c, bool ok)
{
    scoped(buf) answer = BUF_EMPTY(16);
    TRY(message_encode_bare(&answer, ok ? SSH_MSG_REQUEST_SUCCESS : SSH_MSG_REQUEST_FAILURE));
    transport_send(&c->transport, buf_bytes(&answer));
    TRACE(c->trace, &events_GLOBAL_REPLY, trace_number("out", 1), trace_number("ok", ok));
    return OK;
}

static enum err on_global_request(struct connection *c, struct bytes payload)
{
    struct global_request request;
    TRY(global_request_decode(payload, NULL, &request));
    TRACE(c->trace, &events_GLOBAL_REQUEST, trace_number("out", 0),
          trace_peer("name", request.name), trace_number("want_reply", request.want_reply));
    bool ok = c->role == ROLE_SERVER && bytes_is(request.name, "no-more-sessions@openssh.com");
    c->channels.no_more_sessions |= ok;
    if (!ok)
        TRY(budget_spend(&c->budget, BUDGET_REQUESTS, 1, c->now));
    return request.want_reply ? answer_global(c, ok) : OK;
}

/* Any answer to a keep-alive shows that the peer is alive. */
static enum err on_global_reply(struct connection *c, struct bytes payload)
{
    if (c->global_awaited == 0)
        return budget_spend(&c->budget, BUDGET_IDLE, 1, c->now);
    bool ok = message_number(payload) == SSH_MSG_REQUEST_SUCCESS;
    TRACE(c->trace, &events_GLOBAL_REPLY, trace_number("out", 0), trace_number("ok", ok));
    bool is_ours = c->global_is_ours & 1;
    c->global_is_ours >>= 1;
    c->global_awaited--;
    if (is_ours)
        return OK;
    struct connection_event *event = connection_push(c, CONNECTION_GLOBAL_REPLY);
    event->ok = ok;
    event->data = bytes_skip(payload, 1);
    return OK;
}

static enum err on_channel(struct connection *c, struct bytes payload)
{
    static const enum connection_event_kind kinds[] = {
        [CHANNELS_OPENING] = CONNECTION_CHANNEL_OPENING,
        [CHANNELS_OPENED] = CONNECTION_CHANNEL_OPENED,
        [CHANNELS_REFUSED] = CONNECTION_CHANNEL_REFUSED,
        [CHANNELS_DATA] = CONNECTION_CHANNEL_DATA,
        [CHANNELS_EOF] = CONNECTION_CHANNEL_EOF,
        [CHANNELS_CLOSED] = CONNECTION_CHANNEL_CLOSED,
        [CHANNELS_REQUEST] = CONNECTION_CHANNEL_REQUEST,
        [CHANNELS_REPLY] = CONNECTION_CHANNEL_REPLY,
    };
    struct channels_event from;
    TRY(channels_feed(&c->channels, payload, &from));
    if (from.kind == CHANNELS_NOTHING)
        return OK;
    struct connection_event *event = connection_push(c, kinds[from.kind]);
    event->channel = from.channel;
    event->ok = from.ok;
    event->extended = from.extended;
    event->reason = from.reason;
    event->channel_type = from.type;
    event->data = from.data;
    event->text = from.text;
    event->request = from.request;
    return OK;
}

/* ---- dispatch ---- */

/* RFC 8308 section 2.4: a later EXT_INFO comes right before the login's success. */
static bool breaks_promise(struct connection *c, uint8_t number)
{
    bool is_awaited =
        c->success_is_due && number >= SSH_MSG_USERAUTH_REQUEST && number < SSH_MSG_GLOBAL_REQUEST;
    c->success_is_due &= !is_awaited;
    return is_awaited && number != SSH_MSG_USERAUTH_SUCCESS;
}

/* A peer may lack optional messages; without the others the connection cannot go on. OpenSSH answers a client's early
 * channel messages like this if the login fails: see quirks.h. */
static bool is_optional(const struct connection *c, uint8_t number)
{
    static const uint8_t optional[] = {
        SSH_MSG_IGNORE, SSH_MSG_UNIMPLEMENTED,  SSH_MSG_DEBUG,           SSH_MSG_EXT_INFO,
        SSH_MSG_PING,   SSH_MSG_GLOBAL_REQUEST, SSH_MSG_CHANNEL_REQUEST,
    };
    bool is_early = !c->is_authenticated && number >= SSH_MSG_GLOBAL_REQUEST;
    return is_early || memchr(optional, number, sizeof(optional)) != NULL;
}

static enum err on_unimplemented(struct connection *c, struct bytes payload)
{
    struct notice_unimplemented notice;
    TRY(notice_decode_unimplemented(payload, NULL, &notice));
    uint8_t number;
    if (transport_sent_number(&c->transport, notice.sequence, &number) && !is_optional(c, number))
        return ERR_BAD_STATE;
    return budget_spend(&c->budget, BUDGET_IDLE, 1, c->now);
}

static enum err handle(struct connection *c, struct bytes payload)
{
    uint8_t number = message_number(payload);
    if (number == SSH_MSG_UNIMPLEMENTED)
        return on_unimplemented(c, payload);
    if (number == SSH_MSG_EXT_INFO)
        return on_ext_info(c, payload);
    if (number >= SSH_MSG_KEXINIT && number < SSH_MSG_USERAUTH_REQUEST)
        return on_kex(c, payload);
    if (number < SSH_MSG_GLOBAL_REQUEST)
        return on_auth(c, payload);
    if (number == SSH_MSG_GLOBAL_REQUEST)
        return on_global_request(c, payload);
    if (number == SSH_MSG_PING || number == SSH_MSG_PONG)
        return on_ping(c, payload);
    return ERR_BAD_STATE;
}

/* One that cannot be decoded is ignored like any other. */
static void trace_debug(const struct connection *c, struct bytes payload)
{
    struct notice_debug notice;
    if (notice_decode_debug(payload, NULL, &notice) == OK)
        TRACE(c->trace, &events_DEBUG, trace_number("out", 0), trace_peer("text", notice.text));
}

static enum err ignore(struct connection *c, struct bytes payload)
{
    uint8_t number = message_number(payload);
    if (number == SSH_MSG_DEBUG)
        trace_debug(c, payload);
    if (number >= SSH_MSG_USERAUTH_REQUEST && number < SSH_MSG_GLOBAL_REQUEST)
        TRY(budget_spend(&c->budget, BUDGET_AUTH_REQUESTS, 1, c->now));
    TRY(budget_spend(&c->budget, BUDGET_IDLE_OCTETS, payload.len, c->now));
    return budget_spend(&c->budget, BUDGET_IDLE, 1, c->now);
}

static enum err ignore_early(struct connection *c, struct bytes payload)
{
    if (++c->early_ignored > LEGALITY_EARLY_MAX)
        return ERR_BAD_STATE;
    return ignore(c, payload);
}

static enum err answer_unimplemented(struct connection *c)
{
    TRY(budget_spend(&c->budget, BUDGET_UNIMPLEMENTED, 1, c->now));
    scoped(buf) answer = BUF_EMPTY(16);
    const struct notice_unimplemented notice = { c->transport.opener.sequence - 1 };
    TRY(notice_encode_unimplemented(&answer, &notice));
    transport_send(&c->transport, buf_bytes(&answer));
    return OK;
}

static enum err dispatch(struct connection *c, struct bytes payload)
{
    uint8_t number = message_number(payload);
    if (kex_drops(&c->transport.kex, number))
        return OK;
    if (breaks_promise(c, number))
        return ERR_BAD_STATE;
    switch (legality_of(c->role, phase_of(c), number)) {
    case LEGALITY_DISCONNECT_PROTOCOL:
        return ERR_BAD_STATE;
    case LEGALITY_DISCONNECT_SERVICE:
        return ERR_UNSUPPORTED;
    case LEGALITY_ACCEPT:
        return handle(c, payload);
    case LEGALITY_CHANNEL:
        return on_channel(c, payload);
    case LEGALITY_ANSWER:
        return on_global_reply(c, payload);
    case LEGALITY_IGNORE:
        return ignore(c, payload);
    case LEGALITY_IGNORE_EARLY:
        return ignore_early(c, payload);
    case LEGALITY_IGNORE_UNLESS_STRICT:
        if (kex_chosen(&c->transport.kex)->strict)
            return ERR_BAD_STATE;
        return ignore_early(c, payload);
    case LEGALITY_UNIMPLEMENTED:
        return answer_unimplemented(c);
    case LEGALITY_PEER_DISCONNECT:
        return on_disconnect(c, payload);
    }
    return ERR_BAD_STATE;
}

static enum err one_packet(struct connection *c, struct bytes payload, size_t wire_len)
{
    enum legality_phase before = phase_of(c);
    if (!c->is_authenticated) {
        TRY(budget_spend(&c->budget, BUDGET_PACKETS, 1, c->now));
        TRY(budget_spend(&c->budget, BUDGET_OCTETS, wire_len, c->now));
    }
    TRY(dispatch(c, payload));
    if (before == LEGALITY_AFTER_NEWKEYS) {
        auth_client_past_first(&c->auth_client);
        auth_server_past_first(&c->auth_server);
    }
    return OK;
}

static bool must_pause(const struct connection *c)
{
    return c->queue_count > 0 || kex_is_asking(&c->transport.kex) || c->auth_server.is_asking ||
           c->auth_client.is_signing;
}

static enum err feed_one(struct connection *c, struct span in, size_t *used)
{
    struct bytes payload;
    c->handling = 0;
    TRY(transport_feed(&c->transport, in, used, &payload));
    if (*used) {
        c->alive_count = 0;
        c->heard_at = c->now;
    }
    c->handling = message_number(payload);
    return payload.len ? one_packet(c, payload, *used) : OK;
}

enum err connection_feed(struct connection *c, struct span in, size_t *used)
{
    *used = 0;
    if (c->err != OK)
        return c->err;
    TRACE(c->trace, &events_FLIGHT, trace_number("out", 0), trace_number("len", in.len));
    while (!must_pause(c)) {
        size_t taken = 0;
        enum err err = feed_one(c, in, &taken);
        *used += taken;
        in = bytes_span_skip(in, taken);
        c->is_dry = taken == 0 || in.len == 0;
        if (err != OK)
            return connection_fail(c, err);
        if (c->err != OK || c->is_dry)
            break;
    }
    return OK;
}
