/* SPDX-License-Identifier: BSD-2-Clause */
/* The key exchange machine, RFC 4253 sections 7 to 9, first and later ones, both roles; with the strict variant
 * (draft-ietf-sshm-strict-kex). It sets the keys of the sealer and the opener itself, because they must change exactly
 * after the two NEWKEYS. */
#pragma once

#include "base/trace.h"
#include "ssh/outbox.h"
#include "ssh/role.h"
#include "ssh/transport/algorithms.h"
#include "ssh/transport/exchange.h"
#include "ssh/transport/negotiate.h"
#include "ssh/transport/opener.h"
#include "ssh/transport/sealer.h"

enum kex_state {
#define STATE(name) KEX_##name,
#define MOVE(from, to, why)
#include "ssh/transport/kex.def"
#undef STATE
#undef MOVE
};

struct kex_setup {
    enum role role;
    struct algorithms_offer offer; /* copied */
    struct bytes host_keys;        /* server: blobs as SSH strings; copied */
    struct bytes ext_info;         /* our EXT_INFO payload, for a peer that wants it; copied */
    bool guesses;
    struct bytes cookie; /* of the first KEXINIT; empty: a random one */
    const struct rng *rng;
    const struct trace *trace;
    struct outbox outbox;
    struct sealer *sealer;
    struct opener *opener;
};

enum kex_event_kind {
    KEX_NOTHING,
    KEX_ASK_SIGNATURE, /* algorithm, blob, message: the hash of the exchange */
    KEX_ASK_TRUST,     /* algorithm, blob */
    KEX_DONE,          /* both directions use the new keys */
};

/* What the owner must do; the octets are valid until the next call. */
struct kex_event {
    enum kex_event_kind kind;
    struct bytes algorithm, blob, message;
    struct exchange_hash_parts exchange;
};

struct kex {
    enum kex_state state;
    struct kex_setup setup;
    struct buf offer_text; /* the names of the offer */
    struct buf host_keys, ext_info;
    struct buf my_kexinit, peer_kexinit; /* payloads: they go into the hash */
    struct buf my_ident, peer_ident;
    struct negotiate_result result;
    struct agree *agree;
    const struct algorithms_kex *guessed;      /* what `agree` was made for */
    struct buf my_share, peer_share, host_key; /* of the running exchange */
    struct buf secret;                         /* K, until the host key has signed */
    struct buf session_id;
    struct exchange_hash hash;
    struct exchange_keys out_keys, in_keys; /* until the NEWKEYS of their direction */
    bool is_sending;                        /* KEXINIT sent, NEWKEYS not: other messages wait */
    bool is_first;
    bool skips_guess; /* the peer's wrongly guessed packet is still to come */
    bool guess_sent;
};

/* `my_ident`: our line without CR LF. The cookie must last until kex_start. */
void kex_init(struct kex *k, const struct kex_setup *setup, struct bytes my_ident);
void kex_wipe(struct kex *k);

/* The peer's identification line, before its KEXINIT is fed. */
void kex_know_peer(struct kex *k, struct bytes ident);

/* Begins an exchange by sending KEXINIT (and, with `guesses`, the first share); does nothing while one is running. */
void kex_start(struct kex *k);

/* Takes messages 20 to 49. ERR_NO_COMMON, ERR_BAD_KEX, ERR_BAD_SIGNATURE, decoding errors: all end
 * the connection. */
NODISCARD enum err kex_feed(struct kex *k, struct bytes payload, struct kex_event *event);

/* Whether the message is the peer's wrongly guessed packet, for whatever method, which is dropped once. */
bool kex_drops(struct kex *k, uint8_t number);

NODISCARD enum err kex_answer_signature(struct kex *k, struct bytes signature);
/* ERR_UNTRUSTED: not trusted. */
NODISCARD enum err kex_answer_trust(struct kex *k, bool trusted);

/* Whether the owner's answer is pending: nothing else may be fed then. */
bool kex_is_asking(const struct kex *k);

/* Valid once the first exchange has chosen its algorithms. */
const struct algorithms_chosen *kex_chosen(const struct kex *k);
struct bytes kex_session_id(const struct kex *k);

/* After ERR_NO_COMMON: the list without a common name, and the kind of algorithm (negotiate.h). */
const char *kex_missing(const struct kex *k);
const char *kex_missing_kind(const struct kex *k);
struct bytes kex_missing_offer(const struct kex *k); /* the peer's list */
