/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/transport.h"

#include "base/check.h"
#include "base/writer.h"
#include "ssh/events.h"
#include "ssh/limits.h"
#include "ssh/msg/message.h"

#include <string.h>

/* RFC 4344 section 3.2: 2^(L/4) blocks for an L-bit block; 1 GiB where the block is small. */
static const uint64_t REKEY_OCTETS_WIDE = (uint64_t)1 << 36;
static const uint64_t REKEY_OCTETS_NARROW = (uint64_t)1 << 30;
static const uint64_t REKEY_PACKETS = (uint64_t)1 << 31;

static void trace_message(const struct transport *t, bool out, struct bytes payload,
                          uint32_t sequence, size_t wire_len, bool sealed)
{
    uint8_t number = message_number(payload);
    TRACE(t->trace, &events_MESSAGE, trace_number("out", out), trace_number("number", number),
          trace_text("name", message_name(number)), trace_number("seq", sequence),
          trace_number("payload_len", payload.len), trace_number("wire_len", wire_len),
          trace_number("sealed", sealed));
}

/* ---- sending ---- */

static void note_sent(struct transport *t, struct bytes payload)
{
    t->sent_numbers[t->sealer.sequence % TRANSPORT_SENT_KEPT] = message_number(payload);
}

bool transport_sent_number(const struct transport *t, uint32_t sequence, uint8_t *number)
{
    uint32_t age = t->sealer.sequence - sequence;
    if (age == 0 || age > TRANSPORT_SENT_KEPT || sequence > t->sealer.sequence)
        return false;
    *number = t->sent_numbers[sequence % TRANSPORT_SENT_KEPT];
    return true;
}

static void seal(struct transport *t, struct bytes payload)
{
    size_t before = buf_len(&t->output);
    uint32_t sequence = t->sealer.sequence;
    struct bytes plain = payload;
    if (t->deflate) {
        enum err compressed = compressor_apply(t->deflate, payload, &t->deflated);
        CHECK(compressed == OK);
        plain = buf_bytes(&t->deflated);
    }
    note_sent(t, payload);
    enum err err = sealer_append(&t->sealer, plain, &t->output);
    CHECK(err == OK);
    trace_message(t, true, payload, sequence, buf_len(&t->output) - before,
                  t->sealer.keys.cipher != NULL);
}

static bool must_wait(const struct transport *t, struct bytes payload)
{
    bool unprotected = t->sealer.keys.cipher == NULL;
    return (t->kex.is_sending || unprotected) && !legality_may_send_in_kex(message_number(payload));
}

void transport_send(struct transport *t, struct bytes payload)
{
    if (!must_wait(t, payload)) {
        seal(t, payload);
        return;
    }
    struct writer w = writer_to(&t->held);
    writer_string(&w, payload);
    t->holds_too_much |= writer_end(&w) != OK;
}

static void release_held(struct transport *t)
{
    if (t->kex.is_sending || buf_len(&t->held) == 0)
        return;
    struct reader r = reader_over(buf_bytes(&t->held), NULL);
    while (reader_more(&r))
        seal(t, reader_string(&r, "payload"));
    buf_clear(&t->held);
}

static bool is_delayed(const char *compression)
{
    return strcmp(compression, "zlib@openssh.com") == 0;
}

/* The compression context restarts with each key exchange (RFC 4253 section 6.2), which may have chosen another
 * method. */
static void restart(const struct transport *t, struct compressor **c, bool compresses)
{
    const struct algorithms_chosen *chosen = kex_chosen(&t->kex);
    compressor_free(*c);
    *c = NULL;
    if (t->may_rekey && is_delayed(compresses ? chosen->compression_out : chosen->compression_in))
        *c = compressor_new(compresses);
}

static void outbox_of_kex(void *context, struct bytes payload)
{
    struct transport *t = context;
    seal(t, payload);
    if (message_number(payload) == SSH_MSG_NEWKEYS)
        restart(t, &t->deflate, true);
}

bool transport_takes_data(const struct transport *t)
{
    return !t->kex.is_sending && t->sealer.keys.cipher && buf_len(&t->output) < LIMITS_OUTPUT_DATA;
}

bool transport_reserve(struct transport *t, const size_t *payload_len, size_t count,
                       struct span *payloads)
{
    CHECK(count <= TRANSPORT_RESERVE_MAX);
    if (!transport_takes_data(t))
        return false;
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += sealer_wire_len(&t->sealer, payload_len[i]);
    struct span room;
    if (buf_reserve(&t->output, total, &room) != OK)
        return false;
    for (size_t i = 0; i < count; i++) {
        payloads[i] = (struct span){ room.data + SEALER_HEADER_LEN, payload_len[i] };
        room = bytes_span_skip(room, sealer_wire_len(&t->sealer, payload_len[i]));
        t->reserved_payload[i] = payload_len[i];
    }
    t->reserved_count = count;
    return true;
}

/* A compressed packet has another length than was reserved, so packets are built again from copies of the payloads. */
static void commit_compressed(struct transport *t, const size_t *payload_len, size_t count)
{
    scoped(buf) plain = BUF_EMPTY((size_t)TRANSPORT_RESERVE_MAX * LIMITS_PAYLOAD);
    uint8_t *at = t->output.data + t->output.end;
    for (size_t i = 0; i < count; i++) {
        struct writer w = writer_to(&plain);
        writer_string(&w, bytes_of(at + SEALER_HEADER_LEN, payload_len[i]));
        enum err err = writer_end(&w);
        CHECK(err == OK);
        at += sealer_wire_len(&t->sealer, t->reserved_payload[i]);
    }
    struct reader r = reader_over(buf_bytes(&plain), NULL);
    while (reader_more(&r))
        seal(t, reader_string(&r, "payload"));
}

static void commit_in_place(struct transport *t, size_t payload_len)
{
    uint8_t *at = t->output.data + t->output.end;
    size_t wire_len = sealer_wire_len(&t->sealer, payload_len);
    if (t->trace)
        trace_message(t, true, bytes_of(at + SEALER_HEADER_LEN, payload_len), t->sealer.sequence,
                      wire_len, true);
    note_sent(t, bytes_of(at + SEALER_HEADER_LEN, payload_len));
    sealer_seal(&t->sealer, (struct span){ at, wire_len }, payload_len);
    buf_commit(&t->output, wire_len);
}

void transport_commit(struct transport *t, const size_t *payload_len, size_t count)
{
    CHECK(count <= t->reserved_count);
    t->reserved_count = 0;
    if (t->deflate) {
        commit_compressed(t, payload_len, count);
        return;
    }
    for (size_t i = 0; i < count; i++)
        commit_in_place(t, payload_len[i]);
}

struct bytes transport_output(const struct transport *t)
{
    return buf_bytes(&t->output);
}

void transport_sent(struct transport *t, size_t count)
{
    buf_consume(&t->output, count);
}

void transport_rest(struct transport *t)
{
    struct buf *buffers[] = { &t->output, &t->held, &t->inflated, &t->deflated };
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        buf_shrink(buffers[i]);
}

/* ---- start ---- */

/* The line and the first packets are sent in one segment. */
static void take_ident_output(struct transport *t)
{
    struct bytes line = ident_output(&t->ident);
    enum err err = buf_append(&t->output, line);
    CHECK(err == OK);
    ident_sent(&t->ident, line.len);
}

void transport_init(struct transport *t, const struct transport_setup *setup)
{
    *t = (struct transport){ .role = setup->role,
                             .trace = setup->trace,
                             .now = setup->now,
                             .discard_by = INSTANT_NEVER,
                             .rekey_at = INSTANT_NEVER,
                             .rekey_octets = setup->rekey_octets,
                             .rekey_ms = setup->rekey_ms };
    t->handshake_by = instant_after(setup->now, LIMITS_HANDSHAKE_MS);
    ident_init(&t->ident, setup->role, setup->software, setup->trace);
    buf_init(&t->output, LIMITS_OUTPUT);
    buf_init(&t->held, LIMITS_HELD);
    buf_init(&t->inflated, LIMITS_PAYLOAD);
    buf_init(&t->deflated, 2 * LIMITS_PAYLOAD);
    sealer_init(&t->sealer, setup->rng);
    opener_init(&t->opener);
    take_ident_output(t);
    const struct kex_setup kex = {
        .role = setup->role,
        .offer = setup->offer,
        .host_keys = setup->host_keys,
        .ext_info = setup->ext_info,
        .guesses = setup->guesses,
        .cookie = setup->sent_cookie,
        .rng = setup->rng,
        .trace = setup->trace,
        .outbox = { outbox_of_kex, t },
        .sealer = &t->sealer,
        .opener = &t->opener,
    };
    kex_init(&t->kex, &kex, ident_ours(&t->ident));
    kex_start(&t->kex);
    if (setup->sent_cookie.len > 0)
        buf_clear(&t->output);
}

void transport_wipe(struct transport *t)
{
    struct buf *buffers[] = { &t->output, &t->held, &t->inflated, &t->deflated };
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        buf_wipe(buffers[i]);
    compressor_free(t->deflate);
    compressor_free(t->inflate);
    sealer_wipe(&t->sealer);
    opener_wipe(&t->opener);
    kex_wipe(&t->kex);
}

/* ---- receiving ---- */

static enum err feed_ident(struct transport *t, struct bytes in, size_t *used)
{
    struct ident_event event;
    enum err err = ident_feed(&t->ident, in, used);
    take_ident_output(t);
    TRY(err);
    while (ident_next(&t->ident, &event)) {
        if (event.kind == IDENT_EVENT_DONE)
            kex_know_peer(&t->kex, event.line);
    }
    return OK;
}

static uint64_t rekey_limit(const struct transport *t, const struct packet_keys *keys)
{
    if (t->rekey_octets)
        return t->rekey_octets;
    return packet_keys_block_len(keys) < 16 ? REKEY_OCTETS_NARROW : REKEY_OCTETS_WIDE;
}

static void rekey_if_due(struct transport *t)
{
    if (!t->may_rekey || t->kex.state != KEX_IDLE)
        return;
    if (t->sealer.octets >= rekey_limit(t, &t->sealer.keys) ||
        t->opener.octets >= rekey_limit(t, &t->opener.keys))
        transport_rekey(t, "octets");
    else if (t->sealer.packets >= REKEY_PACKETS || t->opener.packets >= REKEY_PACKETS)
        transport_rekey(t, "packets");
    else if (instant_reached(t->now, t->rekey_at))
        transport_rekey(t, "time");
}

static enum err inflate(struct transport *t, struct bytes *payload)
{
    if (!t->inflate)
        return OK;
    TRY(compressor_apply(t->inflate, *payload, &t->inflated));
    *payload = buf_bytes(&t->inflated);
    return payload->len ? OK : ERR_BAD_COMPRESSION;
}

enum err transport_feed(struct transport *t, struct span in, size_t *used, struct bytes *payload)
{
    *payload = BYTES_NONE;
    *used = 0;
    if (t->holds_too_much)
        return ERR_OVER_BUDGET;
    if (!ident_is_done(&t->ident))
        return feed_ident(t, bytes_span(in), used);
    if (kex_is_asking(&t->kex))
        return OK;

    uint32_t sequence = t->opener.sequence;
    bool sealed = t->opener.keys.cipher != NULL;
    bool was_discarding = t->opener.is_discarding;
    TRY(opener_open(&t->opener, in, payload, used));
    if (t->opener.is_discarding && !was_discarding)
        t->discard_by = instant_after(t->now, LIMITS_DISCARD_MS);
    if (payload->len == 0)
        return OK;
    TRY(inflate(t, payload));
    if (t->trace)
        trace_message(t, false, *payload, sequence, *used, sealed);
    rekey_if_due(t);
    return OK;
}

bool transport_phase(const struct transport *t, enum legality_phase *phase)
{
    bool is_first = t->kex.is_first;
    switch (t->kex.state) {
    case KEX_IDLE:
    case KEX_EXPECT_KEXINIT:
        *phase = LEGALITY_KEXINIT;
        return is_first;
    case KEX_EXPECT_SHARE:
    case KEX_EXPECT_SIGNATURE:
    case KEX_EXPECT_TRUST:
        *phase = is_first ? LEGALITY_KEX : LEGALITY_REKEY;
        return true;
    case KEX_EXPECT_NEWKEYS:
        *phase = is_first ? LEGALITY_NEWKEYS : LEGALITY_REKEY_NEWKEYS;
        return true;
    }
    return false;
}

/* After each step of the key exchange: sends what had to wait for it. */
static void settle(struct transport *t)
{
    release_held(t);
    if (t->kex.state != KEX_IDLE)
        return;
    t->handshake_by = INSTANT_NEVER;
    t->rekey_at = t->rekey_ms ? instant_after(t->now, t->rekey_ms) : INSTANT_NEVER;
}

enum err transport_handle(struct transport *t, struct bytes payload, struct kex_event *event)
{
    if (t->kex.state == KEX_IDLE)
        t->handshake_by = instant_after(t->now, LIMITS_REKEY_MS);
    TRY(kex_feed(&t->kex, payload, event));
    if (event->kind == KEX_DONE)
        restart(t, &t->inflate, false);
    /* A client that has sent its share may ask a person about the host key: that counts against the login's time. */
    if (t->role == ROLE_SERVER && t->kex.is_first && t->kex.state == KEX_EXPECT_SIGNATURE)
        t->handshake_by = INSTANT_NEVER;
    settle(t);
    return OK;
}

enum err transport_answer_signature(struct transport *t, struct bytes signature)
{
    TRY(kex_answer_signature(&t->kex, signature));
    settle(t);
    return OK;
}

enum err transport_answer_trust(struct transport *t, bool trusted)
{
    TRY(kex_answer_trust(&t->kex, trusted));
    /* The person may have taken longer than the peer is allowed. */
    t->handshake_by = instant_after(t->now, LIMITS_HANDSHAKE_MS);
    settle(t);
    return OK;
}

/* ---- time and turns ---- */

struct instant transport_deadline(const struct transport *t)
{
    struct instant deadline = instant_earlier(t->handshake_by, t->discard_by);
    if (kex_is_asking(&t->kex)) /* our own side has yet to decide */
        deadline = INSTANT_NEVER;
    return t->may_rekey && t->kex.state == KEX_IDLE ? instant_earlier(deadline, t->rekey_at)
                                                    : deadline;
}

enum err transport_expire(struct transport *t, struct instant now)
{
    t->now = now;
    if (instant_reached(now, t->discard_by))
        return ERR_BAD_MAC;
    if (!kex_is_asking(&t->kex) && instant_reached(now, t->handshake_by))
        return ERR_TIMEOUT;
    rekey_if_due(t);
    return OK;
}

void transport_rekey(struct transport *t, const char *cause)
{
    if (t->kex.state != KEX_IDLE || t->kex.is_first)
        return;
    TRACE(t->trace, &events_REKEY, trace_text("cause", cause));
    t->handshake_by = instant_after(t->now, LIMITS_REKEY_MS);
    kex_start(&t->kex);
}

void transport_login(struct transport *t)
{
    t->opener.len_max = PACKET_LEN_MAX;
    t->may_rekey = true;
    restart(t, &t->deflate, true);
    restart(t, &t->inflate, false);
}

bool transport_will_compress(const struct transport *t)
{
    return is_delayed(kex_chosen(&t->kex)->compression_out);
}

bool transport_is_compressed(const struct transport *t)
{
    return t->inflate != NULL;
}
