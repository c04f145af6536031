/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/connection.h"

#include "base/check.h"
#include "ssh/connection_internal.h"
#include "ssh/events.h"
#include "ssh/msg/disconnect.h"
#include "ssh/msg/ext_info.h"
#include "ssh/msg/global_request.h"
#include "ssh/quirks.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- life ---- */

/* Nothing may follow our DISCONNECT. */
static void send_payload(void *context, struct bytes payload)
{
    struct connection *c = context;
    if (c->err == OK)
        transport_send(&c->transport, payload);
}

static void write_ext_info(const struct connection_setup *setup, struct buf *out)
{
    struct bytes algorithms = setup->user_key_algorithms;
    struct ext_info info = { 0 };
    struct bytes yes = BYTES_LITERAL("0");
    ext_info_add(&info, "server-sig-algs",
                 algorithms.len ? algorithms : algorithms_default(ALGORITHMS_HOST_KEY));
    ext_info_add(&info, "publickey-hostbound@openssh.com", yes);
    ext_info_add(&info, "ping@openssh.com", yes);
    enum err err = ext_info_encode(out, &info);
    CHECK(err == OK);
}

static void start_transport(struct connection *c, const struct connection_setup *setup)
{
    scoped(buf) ext_info = BUF_EMPTY(LIMITS_KEX_FIELD);
    if (setup->role == ROLE_SERVER)
        write_ext_info(setup, &ext_info);
    const struct transport_setup transport = {
        .role = setup->role,
        .software = setup->software,
        .offer = setup->offer,
        .host_keys = setup->host_keys,
        .ext_info = buf_bytes(&ext_info),
        .guesses = setup->guesses,
        .sent_cookie = setup->sent_cookie,
        .rng = setup->rng,
        .trace = setup->trace,
        .now = setup->now,
        .rekey_octets = setup->rekey_octets,
        .rekey_ms = setup->rekey_ms,
    };
    transport_init(&c->transport, &transport);
}

struct connection *connection_new(const struct connection_setup *setup)
{
    struct connection *c = calloc(1, sizeof(*c));
    CHECK(c != NULL);
    const struct outbox outbox = { send_payload, c };
    c->role = setup->role;
    c->trace = setup->trace;
    c->now = setup->now;
    c->pipelines = setup->pipelines;
    c->login_known = setup->login_known;
    c->no_hostbound = setup->no_hostbound;
    c->alive_interval_ms = setup->alive_interval_ms;
    c->alive_count_max = setup->alive_count_max;
    c->alive_at = INSTANT_NEVER;
    c->login_by =
        setup->login_grace_ms ? instant_after(setup->now, setup->login_grace_ms) : INSTANT_NEVER;
    buf_init(&c->sig_algs, LIMITS_KEX_FIELD);
    budget_init(&c->budget);
    auth_client_init(&c->auth_client, setup->user, setup->trace, outbox);
    auth_server_init(&c->auth_server, setup->auth_methods, setup->max_auth_tries, &c->budget,
                     setup->trace, outbox);
    auth_server_greet(&c->auth_server, setup->banner);
    channels_init(&c->channels, setup->role, setup->max_sessions, &c->budget, setup->trace, outbox);
    start_transport(c, setup);
    return c;
}

void connection_free(struct connection *c)
{
    if (!c)
        return;
    transport_wipe(&c->transport);
    auth_client_wipe(&c->auth_client);
    auth_server_wipe(&c->auth_server);
    channels_wipe(&c->channels);
    buf_wipe(&c->sig_algs);
    bytes_wipe(c, sizeof(*c));
    free(c);
}

/* ---- events ---- */

struct connection_event *connection_push(struct connection *c, enum connection_event_kind kind)
{
    CHECK(c->queue_count < CONNECTION_QUEUE_LEN);
    size_t at = (c->queue_first + c->queue_count++) % CONNECTION_QUEUE_LEN;
    c->queue[at] = (struct connection_event){ .kind = kind };
    return &c->queue[at];
}

/* Events that follow from the state rather than from a packet. */
static void derive_event(struct connection *c)
{
    uint32_t channel;
    if (c->queue_count || c->err != OK)
        return;
    if (c->wants_method && c->is_dry) {
        c->wants_method = false;
        connection_push(c, CONNECTION_ASK_AUTH);
    } else if (transport_takes_data(&c->transport) && channels_take_room(&c->channels, &channel)) {
        connection_push(c, CONNECTION_CHANNEL_ROOM)->channel = channel;
    }
}

bool connection_next(struct connection *c, struct connection_event *event)
{
    derive_event(c);
    if (c->queue_count == 0)
        return false;
    *event = c->queue[c->queue_first];
    c->queue_first = (c->queue_first + 1) % CONNECTION_QUEUE_LEN;
    c->queue_count--;
    return true;
}

void connection_ask_method(struct connection *c, struct bytes methods, bool partial)
{
    struct connection_event *event = connection_push(c, CONNECTION_ASK_AUTH);
    event->methods = methods;
    event->partial = partial;
}

static void start_auth(struct connection *c)
{
    struct bytes session_id = kex_session_id(&c->transport.kex);
    struct bytes host_key = buf_bytes(&c->transport.kex.host_key);
    if (c->role == ROLE_CLIENT) {
        auth_client_start(&c->auth_client, session_id, host_key);
        c->wants_method = true;
    } else {
        auth_server_start(&c->auth_server, session_id, host_key);
    }
}

static struct connection_sign sign_of(struct bytes algorithm, struct bytes blob,
                                      struct bytes message)
{
    return (struct connection_sign){ .algorithm = algorithm, .blob = blob, .message = message };
}

void connection_take_kex(struct connection *c, const struct kex_event *event)
{
    switch (event->kind) {
    case KEX_NOTHING:
        break;
    case KEX_ASK_SIGNATURE:
        connection_push(c, CONNECTION_ASK_HOST_SIGNATURE)->sign =
            (struct connection_sign){ event->algorithm, event->blob, event->message,
                                      event->exchange };
        break;
    case KEX_ASK_TRUST:
        connection_push(c, CONNECTION_ASK_HOST_KEY)->host_key =
            (struct connection_host_key){ event->algorithm, event->blob, c->is_authenticated };
        break;
    case KEX_DONE:
        budget_renew(&c->budget, BUDGET_UNIMPLEMENTED);
        connection_push(c, CONNECTION_KEX_DONE)->kex = *kex_chosen(&c->transport.kex);
        if (!kex_chosen(&c->transport.kex)->is_rekey)
            start_auth(c);
        break;
    }
}

void connection_take_auth(struct connection *c, const struct auth_client_event *event)
{
    struct connection_event *made;
    switch (event->kind) {
    case AUTH_CLIENT_NOTHING:
        break;
    case AUTH_CLIENT_ASK_METHOD:
        if (c->is_early)
            channels_forbid(&c->channels);
        c->is_early = false;
        connection_ask_method(c, event->methods, event->partial);
        break;
    case AUTH_CLIENT_ASK_SIGNATURE:
        connection_push(c, CONNECTION_ASK_SIGNATURE)->sign =
            sign_of(event->algorithm, event->blob, event->message);
        break;
    case AUTH_CLIENT_PK_OK:
        made = connection_push(c, CONNECTION_AUTH_PK_OK);
        made->sign = sign_of(event->algorithm, event->blob, BYTES_NONE);
        break;
    case AUTH_CLIENT_ASK_PROMPTS:
        connection_push(c, CONNECTION_ASK_PROMPTS)->prompts = event->prompts;
        break;
    case AUTH_CLIENT_CHANGE_PASSWORD:
        connection_push(c, CONNECTION_AUTH_CHANGE_PASSWORD)->text = event->text;
        break;
    case AUTH_CLIENT_BANNER:
        connection_push(c, CONNECTION_BANNER)->text = event->text;
        break;
    case AUTH_CLIENT_SUCCESS:
        connection_logged_in(c);
        break;
    }
}

void connection_logged_in(struct connection *c)
{
    const struct quirks *quirks = quirks_of(connection_peer_ident(c));
    c->is_authenticated = true;
    c->login_by = INSTANT_NEVER;
    if (c->alive_interval_ms)
        c->alive_at = instant_after(c->now, c->alive_interval_ms);
    budget_login(&c->budget);
    transport_login(&c->transport);
    connection_push(c, CONNECTION_AUTHENTICATED)->user = buf_bytes(&c->auth_server.user);
    if (c->role == ROLE_CLIENT && !c->is_early)
        channels_allow(&c->channels, quirks->numbers_from_zero && c->pipelines);
}

void connection_try_early(struct connection *c)
{
    const struct quirks *quirks = quirks_of(connection_peer_ident(c));
    bool takes = quirks->takes_early_channel || (quirks->numbers_from_zero && c->login_known);
    bool is_proof = c->auth_client.sent == LEGALITY_AUTH_SIGNED;
    if (c->is_early || c->is_authenticated || !c->pipelines || !takes || !is_proof ||
        transport_will_compress(&c->transport))
        return;
    c->is_early = true;
    channels_allow(&c->channels, true);
}

/* ---- the end ---- */

/* The reason code of our DISCONNECT. */
static uint32_t reason_for(enum err err)
{
    switch ((int)err) {
    case ERR_BAD_MAC:
        return SSH_DISCONNECT_MAC_ERROR;
    case ERR_NO_COMMON:
    case ERR_BAD_KEX:
    case ERR_BAD_SIGNATURE:
        return SSH_DISCONNECT_KEY_EXCHANGE_FAILED;
    case ERR_BAD_COMPRESSION:
        return SSH_DISCONNECT_COMPRESSION_ERROR;
    case ERR_UNSUPPORTED:
        return SSH_DISCONNECT_SERVICE_NOT_AVAILABLE;
    case ERR_UNTRUSTED:
        return SSH_DISCONNECT_HOST_KEY_NOT_VERIFIABLE;
    case ERR_TIMEOUT:
        return SSH_DISCONNECT_CONNECTION_LOST;
    case ERR_NO_AUTH:
        return SSH_DISCONNECT_NO_MORE_AUTH_METHODS;
    default:
        return SSH_DISCONNECT_PROTOCOL_ERROR;
    }
}

static void send_disconnect(struct connection *c, uint32_t reason, const char *text)
{
    scoped(buf) payload = BUF_EMPTY(LIMITS_KEX_FIELD);
    const struct disconnect message = { .reason = reason, .text = bytes_text(text) };
    enum err err = disconnect_encode(&payload, &message);
    CHECK(err == OK);
    transport_send(&c->transport, buf_bytes(&payload));
    TRACE(c->trace, &events_DISCONNECT, trace_number("out", 1), trace_number("reason", reason),
          trace_text("text", text));
}

static void remember_failure(struct connection *c, enum err err)
{
    const char *ident = ident_failure(&c->transport.ident);
    char packet[CONNECTION_FAILURE_LEN / 2];
    opener_failure(&c->transport.opener, packet, sizeof(packet));
    if (ident[0])
        (void)snprintf(c->failure, sizeof(c->failure), "%s", ident);
    else if (packet[0])
        (void)snprintf(c->failure, sizeof(c->failure), "a packet: %s", packet);
    else if (err == ERR_NO_COMMON)
        (void)snprintf(c->failure, sizeof(c->failure), "no %s in common",
                       kex_missing(&c->transport.kex));
    else if (err == ERR_TRUNCATED || err == ERR_TRAILING || err == ERR_BAD_VALUE ||
             err == ERR_TOO_LONG || err == ERR_BAD_STATE || err == ERR_UNSUPPORTED)
        (void)snprintf(c->failure, sizeof(c->failure), "%s: %s",
                       c->handling ? message_name(c->handling) : "a packet", err_text(err));
    else
        (void)snprintf(c->failure, sizeof(c->failure), "%s", err_text(err));
}

enum err connection_fail(struct connection *c, enum err err)
{
    if (c->err != OK)
        return c->err;
    c->err = err;
    remember_failure(c, err);
    TRACE(c->trace, &events_FAILED, trace_text("err", err_name(err)),
          trace_text("detail", c->failure));
    if (ident_is_done(&c->transport.ident))
        send_disconnect(c, reason_for(err),
                        err == ERR_NO_AUTH ? "Too many authentication failures" : err_text(err));
    return err;
}

void connection_disconnect(struct connection *c, uint32_t reason, const char *text)
{
    if (c->err != OK)
        return;
    send_disconnect(c, reason, text);
    c->err = ERR_DISCONNECTED;
}

void connection_auth_give_up(struct connection *c)
{
    if (c->err == OK)
        send_disconnect(c, SSH_DISCONNECT_NO_MORE_AUTH_METHODS, "no way to log in is left");
    c->err = ERR_NO_AUTH;
}

/* ---- time ---- */

void connection_send_keepalive(struct connection *c)
{
    connection_global_request(c, "keepalive@openssh.com", true, BYTES_NONE);
    c->global_is_ours |= (uint64_t)1 << (c->global_awaited - 1);
}

static enum err keep_alive(struct connection *c)
{
    if (!instant_reached(c->now, c->alive_at))
        return OK;
    struct instant due = instant_after(c->heard_at, c->alive_interval_ms);
    if (!instant_reached(c->now, due)) {
        c->alive_at = due;
        return OK;
    }
    if (c->alive_count >= c->alive_count_max || c->global_awaited >= CONNECTION_GLOBAL_MAX)
        return ERR_TIMEOUT;
    c->alive_count++;
    c->alive_at = instant_after(c->now, c->alive_interval_ms);
    connection_send_keepalive(c);
    return OK;
}

struct instant connection_deadline(const struct connection *c)
{
    if (c->err != OK)
        return INSTANT_NEVER;
    struct instant deadline = transport_deadline(&c->transport);
    return instant_earlier(instant_earlier(deadline, c->login_by), c->alive_at);
}

enum err connection_expire(struct connection *c, struct instant now)
{
    if (c->err != OK)
        return c->err;
    c->now = c->channels.now = now;
    enum err err = transport_expire(&c->transport, now);
    if (err == OK && instant_reached(now, c->login_by))
        err = ERR_TIMEOUT;
    if (err == OK)
        err = keep_alive(c);
    return err == OK ? OK : connection_fail(c, err);
}

struct bytes connection_output(const struct connection *c)
{
    return transport_output(&c->transport);
}

void connection_sent(struct connection *c, size_t count)
{
    TRACE(c->trace, &events_FLIGHT, trace_number("out", 1), trace_number("len", count));
    transport_sent(&c->transport, count);
}

/* ---- answers: they may come after the connection is over ---- */

static void check(struct connection *c, enum err err)
{
    if (err != OK)
        (void)!connection_fail(c, err);
}

void connection_answer_host_key(struct connection *c, bool trusted)
{
    if (c->err == OK)
        check(c, transport_answer_trust(&c->transport, trusted));
}

void connection_answer_signature(struct connection *c, struct bytes signature)
{
    if (c->err != OK)
        return;
    if (c->transport.kex.state == KEX_EXPECT_SIGNATURE) {
        check(c, transport_answer_signature(&c->transport, signature));
        return;
    }
    struct auth_client_event event = { 0 };
    auth_client_answer_signature(&c->auth_client, signature, &event);
    connection_take_auth(c, &event);
    connection_try_early(c);
}

void connection_answer_prompts(struct connection *c, struct bytes answers, size_t count)
{
    auth_client_answer_prompts(&c->auth_client, answers, count);
}

void connection_answer_login(struct connection *c, enum connection_login_answer answer)
{
    static const enum auth_server_answer answers[] = {
        [CONNECTION_LOGIN_REFUSED] = AUTH_SERVER_REFUSED,
        [CONNECTION_LOGIN_PARTIAL] = AUTH_SERVER_PARTIAL,
        [CONNECTION_LOGIN_KEY_OK] = AUTH_SERVER_KEY_OK,
        [CONNECTION_LOGIN_ACCEPTED] = AUTH_SERVER_ACCEPTED,
    };
    if (c->err != OK)
        return;
    enum err err = auth_server_answer(&c->auth_server, answers[answer]);
    check(c, err);
    if (err == OK && answer == CONNECTION_LOGIN_ACCEPTED)
        connection_logged_in(c);
}

void connection_answer_login_prompts(struct connection *c, const struct auth_prompts *prompts)
{
    check(c, auth_server_ask(&c->auth_server, prompts));
}

void connection_offer_methods(struct connection *c, struct bytes methods)
{
    auth_server_offer(&c->auth_server, methods);
}

void connection_tell_user(struct connection *c, struct bytes text)
{
    check(c, auth_server_tell(&c->auth_server, text));
}

void connection_set_terms(struct connection *c, const struct connection_terms *terms)
{
    c->auth_server.failures_max = terms->max_auth_tries;
    c->channels.max_sessions = terms->max_sessions;
    c->alive_interval_ms = terms->alive_interval_ms;
    c->alive_count_max = terms->alive_count_max;
    c->transport.rekey_octets = terms->rekey_octets;
    c->transport.rekey_ms = terms->rekey_ms;
    c->transport.rekey_at =
        terms->rekey_ms ? instant_after(c->now, terms->rekey_ms) : INSTANT_NEVER;
}

void connection_answer_open(struct connection *c, uint32_t channel, bool accepted, uint32_t reason)
{
    channels_answer_open(&c->channels, channel, accepted, reason);
}

void connection_answer_request(struct connection *c, uint32_t channel, bool ok)
{
    channels_answer_request(&c->channels, channel, ok);
}

/* ---- ways to log in ---- */

void connection_auth_none(struct connection *c)
{
    auth_client_none(&c->auth_client);
}

void connection_auth_publickey(struct connection *c, struct bytes algorithm, struct bytes blob,
                               bool signs)
{
    struct auth_client_event event = { 0 };
    auth_client_publickey(&c->auth_client, algorithm, blob, signs, &event);
    connection_take_auth(c, &event);
}

void connection_auth_password(struct connection *c, struct bytes password)
{
    auth_client_password(&c->auth_client, password);
}

void connection_auth_interactive(struct connection *c)
{
    auth_client_interactive(&c->auth_client);
}

struct bytes connection_server_sig_algs(const struct connection *c)
{
    return buf_bytes(&c->sig_algs);
}

/* ---- channels ---- */

uint32_t connection_open_session(struct connection *c)
{
    return channels_open_session(&c->channels);
}

void connection_request(struct connection *c, uint32_t channel,
                        const struct channel_request *request)
{
    channels_request(&c->channels, channel, request);
}

void connection_global_request(struct connection *c, const char *name, bool want_reply,
                               struct bytes specific)
{
    CHECK(!want_reply || c->global_awaited < CONNECTION_GLOBAL_MAX);
    scoped(buf) payload = BUF_EMPTY(LIMITS_PAYLOAD);
    const struct global_request request = { bytes_text(name), want_reply, specific };
    enum err err = global_request_encode(&payload, &request);
    CHECK(err == OK);
    c->global_awaited += want_reply;
    send_payload(c, buf_bytes(&payload));
    TRACE(c->trace, &events_GLOBAL_REQUEST, trace_number("out", 1), trace_text("name", name),
          trace_number("want_reply", want_reply));
}

void connection_eof(struct connection *c, uint32_t channel)
{
    channels_eof(&c->channels, channel);
}

void connection_close(struct connection *c, uint32_t channel)
{
    channels_close(&c->channels, channel);
}

void connection_rekey(struct connection *c)
{
    transport_rekey(&c->transport, "user");
}

void connection_rest(struct connection *c)
{
    transport_rest(&c->transport);
}

/* ---- facts ---- */

void connection_round_trip(struct connection *c, int64_t us)
{
    c->channels.round_trip_us = us;
}

bool connection_is_compressed(const struct connection *c)
{
    return transport_is_compressed(&c->transport);
}

bool connection_is_authenticated(const struct connection *c)
{
    return c->is_authenticated;
}

struct bytes connection_peer_line(const struct connection *c)
{
    return ident_line(&c->transport.ident);
}

const char *connection_missing(const struct connection *c, struct bytes *offer)
{
    *offer = kex_missing_offer(&c->transport.kex);
    return kex_missing_kind(&c->transport.kex);
}

struct bytes connection_peer_ident(const struct connection *c)
{
    return ident_peer(&c->transport.ident);
}

enum err connection_error(const struct connection *c)
{
    return c->err;
}

const char *connection_failure(const struct connection *c)
{
    return c->failure;
}
