/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/stage.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/writer.h"
#include "crypto/crypto.h"

enum { WIRE_MAX = 1024 * 1024, TURNS_MAX = 10000 };

static void must(enum err err)
{
    CHECK(err == OK);
}

/* splitmix64: the same octets in every run. */
static void fill(void *context, struct span out)
{
    struct stage *s = context;
    for (size_t i = 0; i < out.len; i++) {
        uint64_t z = (s->random += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        out.data[i] = (uint8_t)(z >> 32);
    }
}

/* ---- answers to what the two ends ask ---- */

static void sign(struct stage *s, struct connection *c, const struct connection_sign *request)
{
    scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
    must(private_key_sign(s->key, request->algorithm, request->message, &signature));
    connection_answer_signature(c, buf_bytes(&signature));
}

static void use_key(struct stage *s, struct connection *c, bool signs)
{
    connection_auth_publickey(c, BYTES_LITERAL("ssh-ed25519"), private_key_public_blob(s->key),
                              signs);
}

static void peer_login(struct stage *s)
{
    if (s->asks)
        connection_auth_interactive(s->peer);
    else
        use_key(s, s->peer, true);
}

static void answer_login(const struct stage *s, struct connection *c)
{
    const struct auth_prompts prompts = { .count = 1, .prompt = { { BYTES_LITERAL("?"), false } } };
    if (s->asks)
        connection_answer_login_prompts(c, &prompts);
    else
        connection_answer_login(c, CONNECTION_LOGIN_ACCEPTED);
}

static void answer(struct stage *s, struct connection *c, const struct connection_event *event)
{
    switch ((int)event->kind) {
    case CONNECTION_ASK_HOST_SIGNATURE:
    case CONNECTION_ASK_SIGNATURE:
        sign(s, c, &event->sign);
        break;
    case CONNECTION_ASK_HOST_KEY:
        connection_answer_host_key(c, true);
        break;
    case CONNECTION_ASK_AUTH: /* the subject waits for what its phase wants */
        if (c == s->peer)
            peer_login(s);
        break;
    case CONNECTION_ASK_LOGIN:
        answer_login(s, c);
        break;
    case CONNECTION_CHANNEL_OPENING:
        connection_answer_open(c, event->channel, true, 0);
        break;
    default:
        break;
    }
}

static void answer_all(struct stage *s, struct connection *c)
{
    struct connection_event event;
    while (connection_next(c, &event))
        answer(s, c, &event);
}

/* ---- the wire ---- */

static void collect(struct connection *from, struct buf *wire)
{
    struct bytes out = connection_output(from);
    must(buf_append(wire, out));
    connection_sent(from, out.len);
}

/* Hands over as little as makes the receiver take something: one packet. */
static bool deliver_one(struct stage *s, struct connection *to, struct buf *wire)
{
    for (size_t len = 1; len <= buf_len(wire); len++) {
        size_t used;
        must(connection_feed(to, (struct span){ wire->data + wire->start, len }, &used));
        answer_all(s, to);
        buf_consume(wire, used);
        if (used > 0)
            return true;
    }
    return false;
}

static bool turn(struct stage *s)
{
    collect(s->subject, &s->to_peer);
    while (deliver_one(s, s->peer, &s->to_peer))
        ;
    collect(s->peer, &s->to_subject);
    return deliver_one(s, s->subject, &s->to_subject);
}

static void run_until(struct stage *s, enum legality_phase phase)
{
    for (size_t i = 0; i < TURNS_MAX && stage_phase(s) != phase; i++)
        CHECK(turn(s));
    CHECK(stage_phase(s) == phase);
}

/* Both ends have read everything. */
static void settle(struct stage *s)
{
    while (turn(s))
        ;
}

/* ---- the ways into the phases ---- */

enum legality_phase stage_phase(const struct stage *s)
{
    enum legality_phase phase;
    if (transport_phase(&s->subject->transport, &phase))
        return phase;
    return s->role == ROLE_CLIENT ? s->subject->auth_client.phase : s->subject->auth_server.phase;
}

static struct connection *make_end(struct stage *s, enum role role)
{
    scoped(buf) keys = BUF_EMPTY(LIMIT_KEY_FILE);
    struct writer w = writer_to(&keys);
    writer_string(&w, private_key_public_blob(s->key));
    struct connection_setup setup = {
        .role = role,
        .software = "test",
        .rng = &s->rng,
        .user = "alice",
        .host_keys = buf_bytes(&keys),
        .auth_methods = BYTES_LITERAL("publickey,password,keyboard-interactive"),
        .max_auth_tries = 6,
        .max_sessions = 10,
        .no_hostbound = true,
    };
    for (enum algorithms_category c = 0; c < ALGORITHMS_CATEGORY_COUNT; c++)
        setup.offer.names[c] = algorithms_default(c);
    setup.offer.names[ALGORITHMS_KEX] = BYTES_LITERAL("curve25519-sha256");
    setup.offer.names[ALGORITHMS_HOST_KEY] = BYTES_LITERAL("ssh-ed25519");
    /* Its state is the key and the sequence number alone, so that packets can be made out of turn. */
    setup.offer.names[ALGORITHMS_CIPHER] = BYTES_LITERAL("chacha20-poly1305@openssh.com");
    return connection_new(&setup);
}

static void exchange_idents(struct stage *s)
{
    while (connection_peer_ident(s->subject).len == 0 || connection_peer_ident(s->peer).len == 0) {
        collect(s->subject, &s->to_peer);
        collect(s->peer, &s->to_subject);
        if (connection_peer_ident(s->peer).len == 0)
            CHECK(deliver_one(s, s->peer, &s->to_peer));
        if (connection_peer_ident(s->subject).len == 0)
            CHECK(deliver_one(s, s->subject, &s->to_subject));
    }
}

static void step_past_newkeys(struct stage *s)
{
    run_until(s, LEGALITY_AFTER_NEWKEYS);
    struct stage_reaction reaction = stage_feed(s, BYTES_LITERAL("\2\0\0\0\0"));
    CHECK(reaction.err == OK);
    buf_wipe(&reaction.first);
}

/* A client's phase during the login is what it has asked. */
static void try_login(struct stage *s, enum legality_phase phase)
{
    run_until(s, LEGALITY_AUTH_IDLE);
    if (phase == LEGALITY_AUTH_NONE)
        connection_auth_none(s->subject);
    else if (phase == LEGALITY_AUTH_PASSWORD)
        connection_auth_password(s->subject, BYTES_LITERAL("secret"));
    else if (phase == LEGALITY_AUTH_INTERACTIVE)
        connection_auth_interactive(s->subject);
    else if (phase != LEGALITY_AUTH_IDLE)
        use_key(s, s->subject, phase != LEGALITY_AUTH_QUERY);
    answer_all(s, s->subject);
}

static void log_in(struct stage *s)
{
    if (s->role == ROLE_CLIENT)
        try_login(s, LEGALITY_AUTH_SIGNED);
    run_until(s, LEGALITY_OPEN);
    settle(s);
}

static void reach(struct stage *s, enum legality_phase phase)
{
    exchange_idents(s);
    if (phase == LEGALITY_SERVICE) {
        step_past_newkeys(s);
    } else if (phase < LEGALITY_AUTH_IDLE) {
        run_until(s, phase);
    } else if (phase <= LEGALITY_AUTH_INTERACTIVE && s->role == ROLE_CLIENT) {
        try_login(s, phase);
    } else if (phase == LEGALITY_AUTH_IDLE || phase == LEGALITY_AUTH_INTERACTIVE) {
        run_until(s, phase);
    } else {
        log_in(s);
        if (phase != LEGALITY_OPEN)
            connection_rekey(s->peer);
        run_until(s, phase);
    }
    CHECK(stage_phase(s) == phase);
}

void stage_init(struct stage *s, enum role role, enum legality_phase phase)
{
    crypto_start();
    *s = (struct stage){
        .role = role,
        .asks = role == ROLE_SERVER && phase == LEGALITY_AUTH_INTERACTIVE,
    };
    s->rng = (struct rng){ fill, s };
    buf_init(&s->to_subject, WIRE_MAX);
    buf_init(&s->to_peer, WIRE_MAX);
    must(private_key_generate(PKEY_ED25519, 0, &s->key));
    s->subject = make_end(s, role);
    s->peer = make_end(s, role == ROLE_CLIENT ? ROLE_SERVER : ROLE_CLIENT);
    reach(s, phase);
}

void stage_wipe(struct stage *s)
{
    connection_free(s->subject);
    connection_free(s->peer);
    private_key_free(s->key);
    buf_wipe(&s->to_subject);
    buf_wipe(&s->to_peer);
}

void stage_open_channel(struct stage *s)
{
    struct connection *client = s->role == ROLE_CLIENT ? s->subject : s->peer;
    CHECK(connection_open_session(client) == 0);
    settle(s);
}

/* ---- messages out of turn ---- */

static void read_answers(struct opener *reader, struct connection *subject,
                         struct stage_reaction *reaction)
{
    scoped(buf) wire = BUF_EMPTY(WIRE_MAX);
    collect(subject, &wire);
    while (buf_len(&wire) > 0) {
        struct bytes payload;
        size_t used;
        must(opener_open(reader, (struct span){ wire.data + wire.start, buf_len(&wire) }, &payload,
                         &used));
        CHECK(used > 0);
        if (reaction->packets++ == 0)
            must(buf_append(&reaction->first, payload));
        buf_consume(&wire, used);
    }
}

struct stage_reaction stage_feed_octets(struct stage *s, struct span octets)
{
    const struct transport *t = &s->subject->transport;
    answer_all(s, s->subject);
    collect(s->subject, &s->to_peer);
    struct opener reader = { t->sealer.keys, .sequence = t->sealer.sequence,
                             .len_max = PACKET_LEN_MAX };
    s->sequence = t->opener.sequence;

    struct stage_reaction reaction = { .first = BUF_EMPTY(WIRE_MAX) };
    struct connection_event event;
    size_t used;
    reaction.err = connection_feed(s->subject, octets, &used);
    reaction.has_event = connection_next(s->subject, &event);
    if (reaction.has_event)
        reaction.event = event.kind;
    read_answers(&reader, s->subject, &reaction);
    return reaction;
}

void stage_seal(struct stage *s, struct bytes payload, struct buf *wire)
{
    const struct opener *opener = &s->subject->transport.opener;
    struct sealer forger = { opener->keys, .sequence = opener->sequence, .rng = &s->rng };
    must(sealer_append(&forger, payload, wire));
}

struct stage_reaction stage_feed(struct stage *s, struct bytes payload)
{
    scoped(buf) wire = BUF_EMPTY(WIRE_MAX);
    answer_all(s, s->subject);
    stage_seal(s, payload, &wire);
    return stage_feed_octets(s, (struct span){ wire.data, buf_len(&wire) });
}

void stage_forget(struct stage *s)
{
    s->subject->err = OK;
    s->subject->transport.opener.sequence = s->sequence;
    s->subject->failure[0] = 0;
    s->subject->early_ignored = 0;
    s->subject->queue_count = 0;
    budget_init(&s->subject->budget);
    if (s->subject->is_authenticated)
        budget_login(&s->subject->budget);
}
