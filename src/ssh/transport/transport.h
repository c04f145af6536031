/* SPDX-License-Identifier: BSD-2-Clause */
/* The transport layer, RFC 4253: composes identification, packets, key exchange, compression and the rule for when to
 * rekey. Payloads go in and out; messages above number 49 are not interpreted here. */
#pragma once

#include "base/buf.h"
#include "base/instant.h"
#include "ssh/legality.h"
#include "ssh/transport/compressor.h"
#include "ssh/transport/ident.h"
#include "ssh/transport/kex.h"

struct transport_setup {
    enum role role;
    const char *software;
    struct algorithms_offer offer;
    struct bytes host_keys;
    struct bytes ext_info;
    bool guesses;
    struct bytes sent_cookie; /* see connection_setup */
    const struct rng *rng;
    const struct trace *trace;
    struct instant now;
    uint64_t rekey_octets; /* 0: the default of the cipher in use */
    int64_t rekey_ms;      /* 0: never because of time */
};

/* Data packets that may be built at once. */
enum { TRANSPORT_RESERVE_MAX = 16 };

/* Number of packets sent last whose message numbers are kept. */
enum { TRANSPORT_SENT_KEPT = 64 };

struct transport {
    enum role role;
    const struct trace *trace;
    struct ident ident;
    struct sealer sealer;
    struct opener opener;
    struct kex kex;
    struct buf output;
    struct buf held; /* payloads as strings, while a key exchange runs */
    bool holds_too_much;
    struct buf inflated, deflated;
    struct compressor *deflate, *inflate; /* NULL: not compressing */
    struct instant now;
    struct instant handshake_by; /* deadline of the running key exchange */
    struct instant discard_by;
    struct instant rekey_at;
    uint64_t rekey_octets;
    int64_t rekey_ms;
    bool may_rekey;                            /* after the login */
    uint8_t sent_numbers[TRANSPORT_SENT_KEPT]; /* by sequence number modulo the size */
    /* Data packets being built: see transport_reserve. */
    size_t reserved_payload[TRANSPORT_RESERVE_MAX];
    size_t reserved_count;
};

/* Our identification and KEXINIT are in the output from the start, unless they have been sent already. */
void transport_init(struct transport *t, const struct transport_setup *setup);
void transport_wipe(struct transport *t);

/* Takes octets from the peer; stops after one packet, whose *payload (decrypted and decompressed) is lent until the
 * next call; it is empty if there was none. *used is how much was consumed. */
NODISCARD enum err transport_feed(struct transport *t, struct span in, size_t *used,
                                  struct bytes *payload);

/* Takes a payload of messages 20 to 49 for which legality_of returned ACCEPT. */
NODISCARD enum err transport_handle(struct transport *t, struct bytes payload,
                                    struct kex_event *event);
NODISCARD enum err transport_answer_signature(struct transport *t, struct bytes signature);
NODISCARD enum err transport_answer_trust(struct transport *t, bool trusted);

/* The phase of receiving, if a key exchange or the first steps determine it: sets *phase and
 * returns true. False: the layers above know the phase. */
bool transport_phase(const struct transport *t, enum legality_phase *phase);

/* Sends a payload now, or after the running key exchange if it has to wait. If the peer makes more than LIMITS_HELD
 * wait, the next transport_feed is ERR_OVER_BUDGET. */
void transport_send(struct transport *t, struct bytes payload);

/* The number of the message sent with this sequence number, if it is among the last TRANSPORT_SENT_KEPT. */
bool transport_sent_number(const struct transport *t, uint32_t sequence, uint8_t *number);

/* Reserves room for `count` payloads of these lengths, in packets at the end of the output. False: not now (key
 * exchange, or enough is waiting). The caller writes the payloads, and transport_commit seals the first `count` of them
 * with their final lengths: all but the last unchanged. */
bool transport_reserve(struct transport *t, const size_t *payload_len, size_t count,
                       struct span *payloads);
void transport_commit(struct transport *t, const size_t *payload_len, size_t count);
bool transport_takes_data(const struct transport *t);

struct bytes transport_output(const struct transport *t);
void transport_sent(struct transport *t, size_t count);

/* Nothing will flow for a while: gives memory back. */
void transport_rest(struct transport *t);

struct instant transport_deadline(const struct transport *t);
NODISCARD enum err transport_expire(struct transport *t, struct instant now);

/* The login is done: larger packets, rekeying and delayed compression from now on. A server calls it after its
 * SUCCESS. */
void transport_login(struct transport *t);

/* Begins a key exchange; `cause` is for the trace. */
void transport_rekey(struct transport *t, const char *cause);

/* Whether what is sent after the login will be compressed: the peer cannot know that of packets sent before it has
 * finished. */
bool transport_will_compress(const struct transport *t);
bool transport_is_compressed(const struct transport *t);
