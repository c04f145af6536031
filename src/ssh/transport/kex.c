/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/kex.h"

#include "base/check.h"
#include "base/writer.h"
#include "keys/public_key.h"
#include "ssh/events.h"
#include "ssh/limits.h"
#include "ssh/msg/ext_info.h"
#include "ssh/msg/kex_share.h"
#include "ssh/msg/message.h"
#include "ssh/transport/choice.h"

#include <string.h>

static const struct {
    enum kex_state from, to;
} moves[] = {
#define STATE(name)
#define MOVE(from, to, why) { KEX_##from, KEX_##to },
#include "ssh/transport/kex.def"
#undef STATE
#undef MOVE
};

static void enter(struct kex *k, enum kex_state state)
{
    bool is_listed = false;
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
        is_listed |= moves[i].from == k->state && moves[i].to == state;
    CHECK(is_listed);
    k->state = state;
}

static bool is_client(const struct kex *k)
{
    return k->setup.role == ROLE_CLIENT;
}

static void send(const struct kex *k, const struct buf *payload)
{
    outbox_send(&k->setup.outbox, buf_bytes(payload));
}

/* The offer's names belong to the caller: copies of all are kept in one buffer. */
static void copy_offer(struct kex *k, const struct algorithms_offer *offer)
{
    for (size_t i = 0; i < ALGORITHMS_CATEGORY_COUNT; i++) {
        enum err err = buf_append(&k->offer_text, offer->names[i]);
        CHECK(err == OK);
    }
    size_t at = 0;
    for (size_t i = 0; i < ALGORITHMS_CATEGORY_COUNT; i++) {
        size_t len = offer->names[i].len;
        k->setup.offer.names[i] = bytes_slice(buf_bytes(&k->offer_text), at, len);
        at += len;
    }
}

static void init_buffer(struct buf *b)
{
    buf_init(b, LIMITS_KEX_FIELD);
}

static void each_buffer(struct kex *k, void (*apply)(struct buf *b))
{
    struct buf *buffers[] = { &k->offer_text,   &k->host_keys,  &k->ext_info,   &k->my_kexinit,
                              &k->peer_kexinit, &k->my_ident,   &k->peer_ident, &k->peer_share,
                              &k->host_key,     &k->session_id, &k->my_share,   &k->secret };
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        apply(buffers[i]);
}

void kex_init(struct kex *k, const struct kex_setup *setup, struct bytes my_ident)
{
    *k = (struct kex){ .setup = *setup, .is_first = true };
    each_buffer(k, init_buffer);
    copy_offer(k, &setup->offer);
    buf_keep(&k->host_keys, setup->host_keys);
    buf_keep(&k->ext_info, setup->ext_info);
    buf_keep(&k->my_ident, my_ident);
}

void kex_wipe(struct kex *k)
{
    each_buffer(k, buf_wipe);
    agree_free(k->agree);
    bytes_wipe(&k->out_keys, sizeof(k->out_keys));
    bytes_wipe(&k->in_keys, sizeof(k->in_keys));
    k->agree = NULL;
}

void kex_know_peer(struct kex *k, struct bytes ident)
{
    buf_keep(&k->peer_ident, ident);
}

bool kex_is_asking(const struct kex *k)
{
    return k->state == KEX_EXPECT_SIGNATURE || k->state == KEX_EXPECT_TRUST;
}

const struct algorithms_chosen *kex_chosen(const struct kex *k)
{
    return &k->result.chosen;
}

struct bytes kex_session_id(const struct kex *k)
{
    return buf_bytes(&k->session_id);
}

const char *kex_missing(const struct kex *k)
{
    return negotiate_list_name(k->result.missing);
}

const char *kex_missing_kind(const struct kex *k)
{
    return negotiate_list_kind(k->result.missing);
}

struct bytes kex_missing_offer(const struct kex *k)
{
    struct kexinit theirs;
    enum err err = kexinit_decode(buf_bytes(&k->peer_kexinit), NULL, &theirs);
    return err == OK ? theirs.list[k->result.missing] : BYTES_NONE;
}

static bool shares_are_mpints(enum agree_algorithm agree)
{
    return agree == AGREE_MODP14 || agree == AGREE_MODP16 || agree == AGREE_MODP18;
}

/* ---- our KEXINIT and share ---- */

static void trace_kexinit(const struct kex *k, bool out, const struct kexinit *m)
{
    struct trace_field (*list)(const char *, struct bytes) = out ? trace_octets : trace_peer;
    TRACE(k->setup.trace, &events_KEXINIT, trace_number("out", out),
          list("kex", m->list[KEXINIT_KEX]), list("host_key", m->list[KEXINIT_HOST_KEY]),
          list("cipher", m->list[KEXINIT_CIPHER_TO_SERVER]),
          list("mac", m->list[KEXINIT_MAC_TO_SERVER]),
          list("compression", m->list[KEXINIT_COMPRESSION_TO_SERVER]),
          trace_number("cookie_len", m->cookie.len), trace_number("follows", m->follows));
}

static void fill_cookie(const struct kex *k, uint8_t cookie[KEXINIT_COOKIE_LEN])
{
    if (!k->is_first || k->setup.cookie.len == 0) {
        rng_fill(k->setup.rng, cookie, KEXINIT_COOKIE_LEN);
        return;
    }
    CHECK(k->setup.cookie.len == KEXINIT_COOKIE_LEN);
    memcpy(cookie, k->setup.cookie.data, KEXINIT_COOKIE_LEN);
}

static void send_kexinit(struct kex *k, bool follows)
{
    scoped(buf) names = BUF_EMPTY(LIMITS_KEX_FIELD);
    uint8_t cookie[KEXINIT_COOKIE_LEN];
    fill_cookie(k, cookie);

    struct kexinit mine;
    enum err err = negotiate_offer(k->setup.role, &k->setup.offer, k->is_first, &names, &mine);
    mine.cookie = bytes_of(cookie, sizeof(cookie));
    mine.follows = follows;
    buf_clear(&k->my_kexinit);
    if (err == OK)
        err = kexinit_encode(&k->my_kexinit, &mine);
    CHECK(err == OK);

    k->is_sending = true;
    send(k, &k->my_kexinit);
    trace_kexinit(k, true, &mine);
}

static void make_share(struct kex *k, const struct algorithms_kex *method)
{
    if (k->agree && k->guessed == method)
        return;
    agree_free(k->agree);
    k->agree = agree_new(method->agree);
    k->guessed = method;
}

static void encode_share(const struct kex *k, struct buf *out)
{
    struct bytes share = agree_public(k->agree);
    enum err err = shares_are_mpints(k->guessed->agree) ? kex_share_from_magnitude(out, share)
                                                        : buf_append(out, share);
    CHECK(err == OK);
}

static void trace_share(const struct kex *k, bool out, size_t len)
{
    TRACE(k->setup.trace, &events_KEX_SHARE, trace_number("out", out),
          trace_number("public_len", len));
}

static void send_init(struct kex *k)
{
    scoped(buf) share = BUF_EMPTY(LIMITS_KEX_FIELD);
    scoped(buf) payload = BUF_EMPTY(LIMITS_KEX_FIELD);
    encode_share(k, &share);
    const struct kex_share_init init = { .share = buf_bytes(&share) };
    enum err err = kex_share_encode_init(&payload, &init);
    CHECK(err == OK);
    send(k, &payload);
    trace_share(k, true, init.share.len);
}

void kex_start(struct kex *k)
{
    if (k->state != KEX_IDLE)
        return;
    struct bytes names = k->setup.offer.names[ALGORITHMS_KEX];
    const struct algorithms_kex *first = algorithms_find_kex(bytes_cut(&names, ','));
    k->guess_sent = is_client(k) && k->is_first && k->setup.guesses && first;
    send_kexinit(k, k->guess_sent);
    if (k->guess_sent) {
        make_share(k, first);
        send_init(k);
    }
    enter(k, KEX_EXPECT_KEXINIT);
}

/* ---- the peer's KEXINIT ---- */

static const char *guess_word(const struct kex *k)
{
    if (!k->guess_sent)
        return "none";
    return k->result.guess_wrong ? "wrong" : "right";
}

static void trace_chosen(const struct kex *k)
{
    const struct algorithms_chosen *c = &k->result.chosen;
    TRACE(k->setup.trace, &events_CHOSEN, trace_text("kex", c->kex),
          trace_text("host_key", c->host_key), trace_text("cipher_out", c->cipher_out),
          trace_text("cipher_in", c->cipher_in), trace_text("mac_out", c->mac_out),
          trace_text("mac_in", c->mac_in), trace_text("compression_out", c->compression_out),
          trace_text("compression_in", c->compression_in), trace_number("strict", c->strict),
          trace_number("pq", 0), trace_text("guess", guess_word(k)));
    if (algorithms_allow_truncation(c))
        TRACE(k->setup.trace, &events_TRUNCATABLE, trace_text("cipher_out", c->cipher_out),
              trace_text("mac_out", c->mac_out));
}

static enum err choose(struct kex *k, const struct kexinit *theirs)
{
    struct kexinit ours;
    TRY(kexinit_decode(buf_bytes(&k->my_kexinit), NULL, &ours));
    struct algorithms_chosen previous = k->result.chosen;
    TRY(negotiate_choose(k->setup.role, &ours, theirs, k->is_first ? NULL : &previous, &k->result));
    /* Strict key exchange: nothing may have come before the first KEXINIT. */
    if (k->is_first && k->result.chosen.strict && k->setup.opener->sequence != 1)
        return ERR_BAD_STATE;
    k->skips_guess = k->result.skips_next;
    if (k->is_first)
        choice_tell(k->setup.trace, k->setup.role, &ours, theirs, &k->result.chosen);
    trace_chosen(k);
    return OK;
}

static enum err on_kexinit(struct kex *k, struct bytes payload)
{
    struct kexinit theirs;
    TRY(kexinit_decode(payload, NULL, &theirs));
    buf_keep(&k->peer_kexinit, payload);
    if (!k->is_first && k->state == KEX_IDLE)
        TRACE(k->setup.trace, &events_REKEY, trace_text("cause", "peer"));
    trace_kexinit(k, false, &theirs);
    kex_start(k);
    TRY(choose(k, &theirs));

    const struct algorithms_kex *method = algorithms_find_kex(bytes_text(k->result.chosen.kex));
    CHECK(method != NULL);
    if (is_client(k)) {
        bool sends = !k->guess_sent || k->result.guess_wrong;
        make_share(k, method);
        if (sends)
            send_init(k);
    } else {
        make_share(k, method);
    }
    k->guess_sent = false;
    enter(k, KEX_EXPECT_SHARE);
    return OK;
}

/* ---- the secret, the hash and the keys ---- */

/* The client's one of ours and the peer's. */
static struct bytes of_client(const struct kex *k, const struct buf *ours, const struct buf *theirs)
{
    return buf_bytes(is_client(k) ? ours : theirs);
}

static struct bytes of_server(const struct kex *k, const struct buf *ours, const struct buf *theirs)
{
    return buf_bytes(is_client(k) ? theirs : ours);
}

static const struct algorithms_mac *mac_of(const struct algorithms_cipher *cipher, const char *name)
{
    return cipher->mode == ALGORITHMS_CTR ? algorithms_find_mac(bytes_text(name)) : NULL;
}

static void derive(struct kex *k, struct bytes secret, bool out, struct exchange_keys *keys)
{
    const struct algorithms_chosen *c = &k->result.chosen;
    const char *cipher_name = out ? c->cipher_out : c->cipher_in;
    const struct algorithms_cipher *cipher = algorithms_find_cipher(bytes_text(cipher_name));
    CHECK(cipher != NULL);
    exchange_derive(k->guessed->digest, secret, &k->hash, buf_bytes(&k->session_id),
                    out == is_client(k), cipher, mac_of(cipher, out ? c->mac_out : c->mac_in),
                    keys);
}

/* What both sides have sent, and K. Valid until the next exchange, K until it is wiped. */
static struct exchange_hash_parts parts_of(const struct kex *k)
{
    return (struct exchange_hash_parts){
        .digest = k->guessed->digest,
        .client_ident = of_client(k, &k->my_ident, &k->peer_ident),
        .server_ident = of_server(k, &k->my_ident, &k->peer_ident),
        .client_kexinit = of_client(k, &k->my_kexinit, &k->peer_kexinit),
        .server_kexinit = of_server(k, &k->my_kexinit, &k->peer_kexinit),
        .host_key = buf_bytes(&k->host_key),
        .client_share = of_client(k, &k->my_share, &k->peer_share),
        .server_share = of_server(k, &k->my_share, &k->peer_share),
        .shares_are_mpints = shares_are_mpints(k->guessed->agree),
        .secret = buf_bytes(&k->secret),
    };
}

/* Computes K and H; the keys are derived as soon as K is known, because K is not kept. */
static enum err compute(struct kex *k, struct bytes peer_share, struct bytes host_key,
                        struct exchange_keys *out_keys)
{
    scoped(buf) raw = BUF_EMPTY(AGREE_SECRET_MAX);
    if (shares_are_mpints(k->guessed->agree))
        TRY(kex_share_magnitude(peer_share, &peer_share));
    TRY(agree_derive(k->agree, peer_share, &raw));
    buf_clear(&k->secret);
    struct writer w = writer_to(&k->secret);
    writer_mpint(&w, buf_bytes(&raw));
    TRY(writer_end(&w));
    buf_keep(&k->my_share, agree_public(k->agree));
    buf_keep(&k->peer_share, peer_share);
    buf_keep(&k->host_key, host_key);

    const struct exchange_hash_parts parts = parts_of(k);
    TRY(exchange_hash_compute(&parts, &k->hash));
    if (k->is_first)
        buf_keep(&k->session_id, bytes_of(k->hash.octets, k->hash.len));
    derive(k, parts.secret, true, out_keys);
    derive(k, parts.secret, false, &k->in_keys);
    TRACE(k->setup.trace, &events_KEX_SECRET, trace_secret("k", parts.secret));
    return OK;
}

static void drop_share(struct kex *k)
{
    agree_free(k->agree);
    k->agree = NULL;
}

static void send_ext_info(struct kex *k)
{
    struct ext_info info;
    scoped(buf) names = BUF_EMPTY(LIMITS_PAYLOAD);
    send(k, &k->ext_info);
    enum err err = ext_info_decode(buf_bytes(&k->ext_info), NULL, ROLE_CLIENT, &info);
    CHECK(err == OK);
    err = ext_info_names(&info, &names);
    CHECK(err == OK);
    TRACE(k->setup.trace, &events_EXT_INFO, trace_number("out", 1),
          trace_octets("names", buf_bytes(&names)));
}

static void send_newkeys(struct kex *k)
{
    scoped(buf) payload = BUF_EMPTY(16);
    enum err err = message_encode_bare(&payload, SSH_MSG_NEWKEYS);
    CHECK(err == OK);
    send(k, &payload);
    const struct algorithms_chosen *c = &k->result.chosen;
    const struct algorithms_cipher *cipher = algorithms_find_cipher(bytes_text(c->cipher_out));
    sealer_set_keys(k->setup.sealer, cipher, mac_of(cipher, c->mac_out), &k->out_keys.material,
                    c->strict);
    bytes_wipe(&k->out_keys, sizeof(k->out_keys));
    k->is_sending = false;
    TRACE(k->setup.trace, &events_NEWKEYS, trace_number("out", 1),
          trace_number("strict", c->strict));
    if (k->is_first && k->result.peer_takes_ext_info && buf_len(&k->ext_info))
        send_ext_info(k);
    drop_share(k);
    enter(k, KEX_EXPECT_NEWKEYS);
}

/* ---- server: the client's share ---- */

/* Our host key blob whose type fits the chosen signature algorithm. */
static struct bytes host_key_for(const struct kex *k)
{
    const struct key_algorithm *algorithm = key_type_find(bytes_text(k->result.chosen.host_key));
    struct reader r = reader_over(buf_bytes(&k->host_keys), NULL);
    while (reader_more(&r)) {
        struct bytes blob = reader_string(&r, "host key");
        if (algorithm && bytes_is(public_key_blob_type(blob), algorithm->key_type))
            return blob;
    }
    return BYTES_NONE;
}

static enum err on_init(struct kex *k, struct bytes payload, struct kex_event *event)
{
    struct kex_share_init init;
    TRY(kex_share_decode_init(payload, NULL, &init));
    trace_share(k, false, init.share.len);
    struct bytes host_key = host_key_for(k);
    if (host_key.len == 0)
        return ERR_NO_COMMON;
    TRY(compute(k, init.share, host_key, &k->out_keys));
    enter(k, KEX_EXPECT_SIGNATURE);
    *event = (struct kex_event){ .kind = KEX_ASK_SIGNATURE,
                                 .algorithm = bytes_text(k->result.chosen.host_key),
                                 .blob = buf_bytes(&k->host_key),
                                 .message = bytes_of(k->hash.octets, k->hash.len),
                                 .exchange = parts_of(k) };
    return OK;
}

enum err kex_answer_signature(struct kex *k, struct bytes signature)
{
    CHECK(k->state == KEX_EXPECT_SIGNATURE);
    buf_wipe(&k->secret);
    if (signature.len == 0)
        return ERR_CRYPTO;
    scoped(buf) share = BUF_EMPTY(LIMITS_KEX_FIELD);
    scoped(buf) payload = BUF_EMPTY(LIMITS_KEX_FIELD);
    encode_share(k, &share);
    const struct kex_share_reply reply = { .host_key = buf_bytes(&k->host_key),
                                           .share = buf_bytes(&share),
                                           .signature = signature };
    TRY(kex_share_encode_reply(&payload, &reply));
    send(k, &payload);
    trace_share(k, true, reply.share.len);
    send_newkeys(k);
    return OK;
}

/* ---- client: the server's reply ---- */

/* A key that cannot be decoded and one that did not sign are treated alike: the exchange failed. */
static enum err verify(const struct kex *k, const struct kex_share_reply *reply)
{
    struct bytes algorithm = bytes_text(k->result.chosen.host_key);
    struct public_key *key;
    if (public_key_decode(reply->host_key, &key) != OK)
        return ERR_BAD_KEX;
    enum err err =
        public_key_verify(key, algorithm, bytes_of(k->hash.octets, k->hash.len), reply->signature);
    public_key_free(key);
    return err == OK ? OK : ERR_BAD_SIGNATURE;
}

static void trace_host_key(const struct kex *k, struct bytes blob)
{
    scoped(buf) fingerprint = BUF_EMPTY(256);
    if (!k->setup.trace || public_key_fingerprint(blob, DIGEST_SHA256, &fingerprint) != OK)
        return;
    TRACE(k->setup.trace, &events_HOST_KEY, trace_text("algorithm", k->result.chosen.host_key),
          trace_octets("fingerprint", buf_bytes(&fingerprint)),
          trace_number("is_rekey", !k->is_first));
}

static enum err on_reply(struct kex *k, struct bytes payload, struct kex_event *event)
{
    struct kex_share_reply reply;
    TRY(kex_share_decode_reply(payload, NULL, &reply));
    trace_share(k, false, reply.share.len);
    TRY(compute(k, reply.share, reply.host_key, &k->out_keys));
    buf_wipe(&k->secret);
    TRY(verify(k, &reply));
    struct bytes algorithm = bytes_text(k->result.chosen.host_key);
    trace_host_key(k, reply.host_key);
    enter(k, KEX_EXPECT_TRUST);
    *event = (struct kex_event){ .kind = KEX_ASK_TRUST,
                                 .algorithm = algorithm,
                                 .blob = buf_bytes(&k->host_key) };
    return OK;
}

enum err kex_answer_trust(struct kex *k, bool trusted)
{
    CHECK(k->state == KEX_EXPECT_TRUST);
    if (!trusted)
        return ERR_UNTRUSTED;
    send_newkeys(k);
    return OK;
}

/* ---- the peer's NEWKEYS ---- */

static enum err on_newkeys(struct kex *k, struct bytes payload, struct kex_event *event)
{
    TRY(message_decode_bare(payload, NULL, SSH_MSG_NEWKEYS));
    const struct algorithms_chosen *c = &k->result.chosen;
    const struct algorithms_cipher *cipher = algorithms_find_cipher(bytes_text(c->cipher_in));
    opener_set_keys(k->setup.opener, cipher, mac_of(cipher, c->mac_in), &k->in_keys.material,
                    c->strict);
    bytes_wipe(&k->in_keys, sizeof(k->in_keys));
    TRACE(k->setup.trace, &events_NEWKEYS, trace_number("out", 0),
          trace_number("strict", c->strict));
    k->result.chosen.is_rekey = !k->is_first;
    k->is_first = false;
    enter(k, KEX_IDLE);
    event->kind = KEX_DONE;
    return OK;
}

bool kex_drops(struct kex *k, uint8_t number)
{
    bool is_guess = k->skips_guess && k->state == KEX_EXPECT_SHARE && number >= SSH_MSG_KEX_INIT &&
                    number < SSH_MSG_USERAUTH_REQUEST;
    k->skips_guess = false;
    return is_guess;
}

enum err kex_feed(struct kex *k, struct bytes payload, struct kex_event *event)
{
    event->kind = KEX_NOTHING;
    switch (k->state) {
    case KEX_IDLE:
    case KEX_EXPECT_KEXINIT:
        return on_kexinit(k, payload);
    case KEX_EXPECT_SHARE:
        return is_client(k) ? on_reply(k, payload, event) : on_init(k, payload, event);
    case KEX_EXPECT_NEWKEYS:
        return on_newkeys(k, payload, event);
    case KEX_EXPECT_SIGNATURE:
    case KEX_EXPECT_TRUST:
        break;
    }
    return ERR_BAD_STATE;
}
