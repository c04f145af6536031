/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/pair.h"

#include "base/check.h"
#include "base/writer.h"
#include "crypto/crypto.h"
#include "keys/public_key.h"
#include "ssh/msg/kexinit.h"
#include "ssh/transport/preface.h"

#include <string.h>

enum { WIRE_MAX = 64 * 1024 * 1024, TURNS_MAX = 200000 };

/* splitmix64: the same octets in every run. */
static void fill(void *context, struct span out)
{
    struct pair *p = context;
    for (size_t i = 0; i < out.len; i++) {
        uint64_t z = (p->random += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        out.data[i] = (uint8_t)(z >> 32);
    }
}

static uint8_t octet_at(size_t at)
{
    return (uint8_t)(at * 31 + (at >> 8) * 7);
}

static void must(enum err err)
{
    CHECK(err == OK);
}

static struct algorithms_offer offer_of(const struct pair_options *o)
{
    const char *names[] = { o->kex, o->host_key, o->cipher, o->mac, o->compression };
    struct algorithms_offer offer;
    for (size_t i = 0; i < ALGORITHMS_CATEGORY_COUNT; i++)
        offer.names[i] =
            names[i] ? bytes_text(names[i]) : algorithms_default((enum algorithms_category)i);
    return offer;
}

static enum pkey_kind kind_for(const char *algorithm)
{
    if (!algorithm || strcmp(algorithm, "ssh-ed25519") == 0)
        return PKEY_ED25519;
    return key_type_find(bytes_text(algorithm))->kind;
}

static void set_rekeys(struct connection_setup *setup, const struct pair_options *options)
{
    enum pair_rekeys alone = setup->role == ROLE_CLIENT ? PAIR_CLIENT_REKEYS : PAIR_SERVER_REKEYS;
    bool rekeys = options->rekeys == PAIR_EITHER_REKEYS || options->rekeys == alone;
    setup->rekey_octets = rekeys ? options->rekey_octets : 0;
    setup->rekey_ms = rekeys ? options->rekey_ms : 0;
}

/* The server's first octets are on their way before there is a server. */
static struct bytes greet(struct pair *p, const struct connection_setup *setup)
{
    static uint8_t cookie[KEXINIT_COOKIE_LEN] = { 1, 2, 3 };
    size_t cookie_at;
    must(preface_write(setup->software, &setup->offer, setup->rng, &p->client.inbox, &cookie_at));
    memcpy(p->client.inbox.data + p->client.inbox.start + cookie_at, cookie, sizeof(cookie));
    if (p->options.wrong_cookie)
        p->client.inbox.data[p->client.inbox.start + cookie_at] ^= 1;
    return bytes_of(cookie, sizeof(cookie));
}

void pair_init(struct pair *p, const struct pair_options *options)
{
    crypto_start();
    *p = (struct pair){ .options = *options, .exit_status = -1, .now = { 1000000 } };
    p->rng = (struct rng){ fill, p };
    must(private_key_generate(kind_for(options->host_key), 2048, &p->host_key));
    must(private_key_generate(PKEY_ED25519, 0, &p->user_key));
    buf_init(&p->client.inbox, WIRE_MAX);
    buf_init(&p->server.inbox, WIRE_MAX);
    buf_init(&p->pending, WIRE_MAX);

    struct connection_setup setup = {
        .role = ROLE_CLIENT,
        .software = "glassh_test",
        .offer = offer_of(options),
        .rng = &p->rng,
        .now = p->now,
        .user = "alice",
        .guesses = options->guesses,
        .pipelines = options->pipelines,
        .login_known = options->pipelines,
    };
    set_rekeys(&setup, options);
    p->client.connection = connection_new(&setup);

    scoped(buf) keys = BUF_EMPTY(LIMIT_KEY_FILE);
    struct writer w = writer_to(&keys);
    writer_string(&w, private_key_public_blob(p->host_key));
    setup.role = ROLE_SERVER;
    setup.user = NULL;
    set_rekeys(&setup, options);
    setup.host_keys = buf_bytes(&keys);
    if (!options->host_key)
        setup.offer.names[ALGORITHMS_HOST_KEY] = BYTES_LITERAL("ssh-ed25519");
    if (options->server_kex)
        setup.offer.names[ALGORITHMS_KEX] = bytes_text(options->server_kex);
    setup.auth_methods = BYTES_LITERAL("publickey");
    setup.max_auth_tries = 3;
    setup.max_sessions = 10;
    setup.login_grace_ms = 120000;
    if (options->is_greeted)
        setup.sent_cookie = greet(p, &setup);
    p->server.connection = connection_new(&setup);
}

void pair_free(struct pair *p)
{
    connection_free(p->client.connection);
    connection_free(p->server.connection);
    private_key_free(p->host_key);
    private_key_free(p->user_key);
    buf_wipe(&p->client.inbox);
    buf_wipe(&p->server.inbox);
    buf_wipe(&p->pending);
}

static void sign(struct connection *c, const struct private_key *key,
                 const struct connection_sign *request)
{
    scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
    must(private_key_sign(key, request->algorithm, request->message, &signature));
    connection_answer_signature(c, buf_bytes(&signature));
}

/* ---- the client ---- */

static void client_try_login(struct pair *p, bool signs)
{
    p->asks++;
    if (p->asks > 5) {
        connection_auth_give_up(p->client.connection);
        return;
    }
    connection_auth_publickey(p->client.connection, BYTES_LITERAL("ssh-ed25519"),
                              private_key_public_blob(p->user_key), signs);
}

static void client_open(struct pair *p)
{
    struct connection *c = p->client.connection;
    if (p->opened)
        return;
    p->opened = true;
    p->channel = connection_open_session(c);
    const struct channel_request exec = { .kind = CHANNEL_REQUEST_EXEC,
                                          .want_reply = true,
                                          .text = BYTES_LITERAL("echo") };
    connection_request(c, p->channel, &exec);
}

static void client_send(struct pair *p)
{
    struct connection *c = p->client.connection;
    struct span spans[4];
    while (p->sent < p->sendable) {
        size_t count = connection_data_reserve(c, p->channel, 0, spans, 4);
        size_t filled = 0;
        for (size_t i = 0; i < count; i++) {
            for (size_t j = 0; j < spans[i].len && p->sent < p->sendable; j++, filled++)
                spans[i].data[j] = octet_at(p->sent++);
        }
        if (count == 0)
            return;
        connection_data_commit(c, filled);
    }
    if (p->sent < p->options.payload)
        return;
    connection_eof(c, p->channel);
    p->is_sending = false;
}

static void client_send_more(struct pair *p)
{
    size_t left = p->options.payload - p->sendable;
    size_t pace = p->options.pace;
    if (!p->is_sending)
        return;
    p->sendable += pace && pace < left ? pace : left;
    client_send(p);
}

static void client_data(struct pair *p, struct bytes data)
{
    for (size_t i = 0; i < data.len; i++)
        p->content_differs |= data.data[i] != octet_at(p->received++);
    connection_data_delivered(p->client.connection, p->channel, data.len);
}

static void client_event(struct pair *p, const struct connection_event *event)
{
    struct connection *c = p->client.connection;
    switch ((int)event->kind) {
    case CONNECTION_KEX_DONE:
        p->kex_count++;
        break;
    case CONNECTION_ASK_HOST_KEY:
        connection_answer_host_key(
            c, bytes_equal(event->host_key.blob, private_key_public_blob(p->host_key)));
        break;
    case CONNECTION_ASK_AUTH:
        client_try_login(p, !p->options.sends_query);
        client_open(p);
        break;
    case CONNECTION_AUTH_PK_OK:
        client_try_login(p, true);
        break;
    case CONNECTION_ASK_SIGNATURE:
        sign(c, p->user_key, &event->sign);
        break;
    case CONNECTION_CHANNEL_REPLY:
        CHECK(event->ok);
        p->is_sending = true;
        client_send_more(p);
        break;
    case CONNECTION_CHANNEL_ROOM:
        client_send(p);
        break;
    case CONNECTION_CHANNEL_DATA:
        client_data(p, event->data);
        break;
    case CONNECTION_CHANNEL_REQUEST:
        if (event->request.kind == CHANNEL_REQUEST_EXIT_STATUS)
            p->exit_status = (int)event->request.status;
        break;
    case CONNECTION_CHANNEL_CLOSED:
        p->closed = true;
        break;
    default:
        break;
    }
}

/* ---- the server ---- */

static bool signature_is_right(const struct auth_login *login)
{
    struct public_key *key;
    if (public_key_decode(login->key_blob, &key) != OK)
        return false;
    enum err err =
        public_key_verify(key, login->key_algorithm, login->signed_data, login->signature);
    public_key_free(key);
    return err == OK;
}

static void server_login(struct pair *p, const struct auth_login *login)
{
    bool is_key = bytes_equal(login->key_blob, private_key_public_blob(p->user_key)) &&
                  bytes_is(login->user, "alice") && !p->options.refuses_login;
    enum connection_login_answer answer = CONNECTION_LOGIN_REFUSED;
    if (is_key && !login->is_signed)
        answer = CONNECTION_LOGIN_KEY_OK;
    else if (is_key && signature_is_right(login))
        answer = CONNECTION_LOGIN_ACCEPTED;
    connection_answer_login(p->server.connection, answer);
}

static void server_echo(struct pair *p)
{
    struct connection *c = p->server.connection;
    size_t took = connection_data_copy(c, p->server_channel, 0, buf_bytes(&p->pending));
    buf_consume(&p->pending, took);
    connection_data_delivered(c, p->server_channel, took);
    if (buf_len(&p->pending) || !p->server_got_eof || p->server_closed)
        return;
    p->server_closed = true;
    const struct channel_request status = { .kind = CHANNEL_REQUEST_EXIT_STATUS,
                                            .status = PAIR_STATUS };
    connection_eof(c, p->server_channel);
    connection_request(c, p->server_channel, &status);
    connection_close(c, p->server_channel);
}

static void server_event(struct pair *p, const struct connection_event *event)
{
    struct connection *c = p->server.connection;
    switch ((int)event->kind) {
    case CONNECTION_ASK_HOST_SIGNATURE:
        sign(c, p->host_key, &event->sign);
        break;
    case CONNECTION_ASK_LOGIN:
        server_login(p, &event->login);
        break;
    case CONNECTION_CHANNEL_OPENING:
        p->server_channel = event->channel;
        connection_answer_open(c, event->channel, true, 0);
        break;
    case CONNECTION_CHANNEL_REQUEST:
        if (event->request.want_reply)
            connection_answer_request(c, event->channel, true);
        break;
    case CONNECTION_CHANNEL_DATA:
        must(buf_append(&p->pending, event->data));
        server_echo(p);
        break;
    case CONNECTION_CHANNEL_EOF:
        p->server_got_eof = true;
        server_echo(p);
        break;
    case CONNECTION_CHANNEL_ROOM:
        server_echo(p);
        break;
    default:
        break;
    }
}

/* ---- the wire ---- */

static void mix(struct pair_end *end, const struct connection_event *event)
{
    end->events++;
    uint64_t h = end->digest ^ (event->kind * 0x100000001b3u);
    for (size_t i = 0; i < event->data.len; i++)
        h = (h ^ event->data.data[i]) * 0x100000001b3u;
    end->digest = h;
}

static void handle_events(struct pair *p, struct pair_end *end)
{
    struct connection_event event;
    while (connection_next(end->connection, &event)) {
        if (event.kind != CONNECTION_CHANNEL_DATA && event.kind != CONNECTION_CHANNEL_ROOM)
            mix(end, &event);
        if (end == &p->client)
            client_event(p, &event);
        else
            server_event(p, &event);
    }
}

static bool deliver(struct pair *p, struct pair_end *end, size_t max)
{
    struct bytes waiting = buf_bytes(&end->inbox);
    size_t given = max && max < waiting.len ? max : waiting.len;
    struct span in = { end->inbox.data + end->inbox.start, given };
    bool moved = false;
    for (;;) {
        size_t used;
        enum err err = connection_feed(end->connection, in, &used);
        handle_events(p, end);
        in = bytes_span_skip(in, used);
        buf_consume(&end->inbox, used);
        moved |= used > 0;
        if (err != OK) {
            end->err = err;
            buf_clear(&end->inbox);
            return moved;
        }
        if (used == 0)
            return moved;
    }
}

static bool collect(struct connection *from, struct pair_end *to)
{
    struct bytes out = connection_output(from);
    size_t len = out.len;
    must(buf_append(&to->inbox, out));
    connection_sent(from, len);
    return len > 0;
}

static size_t next_chunk(struct pair *p)
{
    if (!p->options.is_cut_at_random)
        return p->options.chunk;
    p->cuts = p->cuts * 6364136223846793005u + 1442695040888963407u;
    return 1 + (size_t)(p->cuts >> 33) % p->options.chunk;
}

/* A chunk may be less than a packet: then more is needed at once. */
static bool deliver_in_chunks(struct pair *p, struct pair_end *end)
{
    bool moved = false;
    size_t max = next_chunk(p);
    while (end->err == OK && buf_len(&end->inbox)) {
        bool some = deliver(p, end, max);
        moved |= some;
        if (!some && (max == 0 || max >= buf_len(&end->inbox)))
            break;
        max = next_chunk(p) + (some ? 0 : max);
    }
    return moved;
}

static void rekey_both(struct pair *p)
{
    bool is_due = p->options.rekeys == PAIR_BOTH_REKEY &&
                  p->now.us / 1000 % p->options.rekey_ms == 0 &&
                  connection_is_authenticated(p->client.connection) &&
                  connection_is_authenticated(p->server.connection);
    if (!is_due)
        return;
    connection_rekey(p->client.connection);
    connection_rekey(p->server.connection);
}

bool pair_turn(struct pair *p)
{
    p->now = instant_after(p->now, 1);
    rekey_both(p);
    if (p->client.err == OK)
        p->client.err = connection_expire(p->client.connection, p->now);
    if (p->server.err == OK)
        p->server.err = connection_expire(p->server.connection, p->now);
    handle_events(p, &p->client);
    handle_events(p, &p->server);
    client_send_more(p);
    bool moved = collect(p->client.connection, &p->server);
    moved |= collect(p->server.connection, &p->client);
    moved |= deliver_in_chunks(p, &p->server);
    moved |= deliver_in_chunks(p, &p->client);
    p->round_trips += p->exit_status < 0;
    return moved;
}

void pair_run(struct pair *p)
{
    for (size_t i = 0; i < TURNS_MAX && !p->closed; i++) {
        if (!pair_turn(p))
            return;
    }
}
