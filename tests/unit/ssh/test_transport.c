/* SPDX-License-Identifier: BSD-2-Clause */
/* Two transports against each other, over a wire that may cut the stream anywhere. */
#include "ssh/transport/transport.h"

#include "base/limits.h"
#include "crypto/crypto.h"
#include "keys/private/private_key.h"
#include "sent.h"
#include "ssh/limits.h"

static const char AEAD[] = "aes128-gcm@openssh.com";
static const char STREAM[] = "aes128-ctr";

struct end {
    struct transport transport;
    struct buf wire; /* on its way to this end */
    struct sent got; /* payloads that are no key exchange's */
    size_t exchanges;
    enum err err;
};

struct world {
    struct end client, server;
    struct private_key *key;
    struct rng rng;
    uint8_t random;
    struct buf all; /* what was ever on the wire */
    size_t chunk;   /* octets handed over at once; 0: all */
    bool waits;     /* nobody answers about the host key */
};

struct options {
    const char *cipher, *compression;
    uint64_t rekey_octets;
    int64_t rekey_ms;
};

static const struct options usual = { AEAD, "none", 0, 0 };

static void count_up(void *context, struct span out)
{
    struct world *w = context;
    for (size_t i = 0; i < out.len; i++)
        out.data[i] = w->random++;
}

static void start_end(struct world *w, struct end *end, enum role role, const struct options *o)
{
    scoped(buf) keys = BUF_EMPTY(LIMIT_KEY_FILE);
    struct writer out = writer_to(&keys);
    writer_string(&out, private_key_public_blob(w->key));
    struct transport_setup setup = {
        .role = role,
        .software = "test",
        .host_keys = buf_bytes(&keys),
        .rng = &w->rng,
        .rekey_octets = o->rekey_octets,
        .rekey_ms = o->rekey_ms,
    };
    setup.offer.names[ALGORITHMS_KEX] = B("curve25519-sha256");
    setup.offer.names[ALGORITHMS_HOST_KEY] = B("ssh-ed25519");
    setup.offer.names[ALGORITHMS_CIPHER] = bytes_text(o->cipher);
    setup.offer.names[ALGORITHMS_MAC] = B("hmac-sha2-256");
    setup.offer.names[ALGORITHMS_COMPRESSION] = bytes_text(o->compression);
    transport_init(&end->transport, &setup);
    buf_init(&end->wire, 16 * CODEC_BUF_MAX);
    (void)sent_start(&end->got);
}

static void start(struct world *w, const struct options *options)
{
    *w = (struct world){ .all = BUF_EMPTY(64 * CODEC_BUF_MAX) };
    w->rng = (struct rng){ count_up, w };
    assert_int_equal(private_key_generate(PKEY_ED25519, 0, &w->key), OK);
    start_end(w, &w->client, ROLE_CLIENT, options);
    start_end(w, &w->server, ROLE_SERVER, options);
}

static void stop(struct world *w)
{
    struct end *ends[] = { &w->client, &w->server };
    for (size_t i = 0; i < 2; i++) {
        transport_wipe(&ends[i]->transport);
        buf_wipe(&ends[i]->wire);
        sent_wipe(&ends[i]->got);
    }
    private_key_free(w->key);
    buf_wipe(&w->all);
}

static enum err answer(struct world *w, struct end *end, const struct kex_event *event)
{
    scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
    end->exchanges += event->kind == KEX_DONE;
    if (event->kind == KEX_ASK_TRUST && !w->waits)
        return transport_answer_trust(&end->transport, true);
    if (event->kind != KEX_ASK_SIGNATURE)
        return OK;
    assert_int_equal(private_key_sign(w->key, event->algorithm, event->message, &signature), OK);
    return transport_answer_signature(&end->transport, buf_bytes(&signature));
}

static enum err take(struct world *w, struct end *end, struct bytes payload)
{
    uint8_t number = message_number(payload);
    struct kex_event event;
    if (number < SSH_MSG_KEXINIT || number >= SSH_MSG_USERAUTH_REQUEST) {
        sent_keep(&end->got, payload);
        return OK;
    }
    TRY(transport_handle(&end->transport, payload, &event));
    return answer(w, end, &event);
}

/* Feeds at most `len` octets; how many were used. */
static size_t feed(struct world *w, struct end *end, size_t len)
{
    size_t all_used = 0, used = 1;
    while (used > 0 && end->err == OK) {
        struct bytes payload;
        struct span in = { end->wire.data + end->wire.start, len - all_used };
        end->err = transport_feed(&end->transport, in, &used, &payload);
        if (end->err == OK && payload.len)
            end->err = take(w, end, payload);
        buf_consume(&end->wire, used);
        all_used += used;
    }
    return all_used;
}

static bool carry(struct world *w, struct end *from, struct end *to)
{
    struct bytes out = transport_output(&from->transport);
    assert_int_equal(buf_append(&to->wire, out), OK);
    assert_int_equal(buf_append(&w->all, out), OK);
    transport_sent(&from->transport, out.len);
    bool moved = out.len > 0;
    size_t len = w->chunk;
    while (buf_len(&to->wire) && to->err == OK) {
        bool is_all = len == 0 || len >= buf_len(&to->wire);
        bool some = feed(w, to, is_all ? buf_len(&to->wire) : len) > 0;
        moved |= some;
        if (!some && is_all)
            break;
        len = some ? w->chunk : len + w->chunk; /* less than a packet: more at once */
    }
    return moved;
}

static void run(struct world *w)
{
    bool moves = true;
    while (moves) {
        moves = carry(w, &w->client, &w->server);
        moves |= carry(w, &w->server, &w->client);
    }
}

static void log_in(struct world *w)
{
    run(w);
    assert_int_equal(w->client.exchanges, 1);
    assert_int_equal(w->server.exchanges, 1);
    transport_login(&w->client.transport);
    transport_login(&w->server.transport);
}

/* A message above the key exchange's, with a number to know it by. */
static void say(struct end *end, uint8_t n)
{
    const uint8_t payload[] = { SSH_MSG_GLOBAL_REQUEST, 'p', 'l', 'a', 'i', 'n', n };
    transport_send(&end->transport, bytes_of(payload, sizeof(payload)));
}

static void heard(struct end *end, uint8_t first, uint8_t count)
{
    for (uint8_t n = first; n < first + count; n++)
        assert_int_equal(sent_take(&end->got, SSH_MSG_GLOBAL_REQUEST).data[6], n);
    assert_true(sent_is_empty(&end->got));
}

/* ---- order ---- */

static void what_is_said_arrives_in_order_however_the_stream_is_cut(void **state)
{
    (void)state;
    static const char *const ciphers[] = { "aes128-gcm@openssh.com",
                                           "chacha20-poly1305@openssh.com", "aes128-ctr" };
    static const size_t chunks[] = { 0, 1, 7, 100, 1000 };
    for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
        for (size_t j = 0; j < sizeof(chunks) / sizeof(chunks[0]); j++) {
            struct world w;
            const struct options options = { ciphers[i], "zlib@openssh.com", 0, 0 };
            start(&w, &options);
            w.chunk = chunks[j];
            for (uint8_t n = 0; n < 50; n++) {
                if (n == 10)
                    log_in(&w);
                if (n == 20)
                    transport_rekey(&w.client.transport, "test");
                if (n == 30)
                    run(&w);
                if (n == 40) { /* both at once */
                    transport_rekey(&w.client.transport, "test");
                    transport_rekey(&w.server.transport, "test");
                }
                say(&w.client, n);
                say(&w.server, n);
            }
            run(&w);
            heard(&w.client, 0, 50);
            heard(&w.server, 0, 50);
            assert_int_equal(w.client.exchanges, 3);
            stop(&w);
        }
    }
}

static bool was_on_the_wire(const struct world *w, const char *text)
{
    for (struct bytes rest = buf_bytes(&w->all); rest.len; rest = bytes_skip(rest, 1))
        if (bytes_starts(rest, text))
            return true;
    return false;
}

static void nothing_but_the_key_exchange_goes_in_the_clear(void **state)
{
    (void)state;
    struct world w;
    start(&w, &usual);
    say(&w.client, 1);
    say(&w.server, 1);
    run(&w);
    heard(&w.client, 1, 1);
    heard(&w.server, 1, 1);
    assert_true(was_on_the_wire(&w, "curve25519-sha256"));
    assert_false(was_on_the_wire(&w, "plain"));
    stop(&w);
}

static void a_later_exchange_may_choose_another_compression(void **state)
{
    (void)state;
    struct world w;
    const struct options options = { AEAD, "zlib@openssh.com,none", 0, 0 };
    start(&w, &options);
    log_in(&w);
    for (uint8_t n = 0; n < 4; n++) {
        bool compresses = n % 2;
        w.client.transport.kex.setup.offer.names[ALGORITHMS_COMPRESSION] =
            bytes_text(compresses ? "zlib@openssh.com" : "none");
        transport_rekey(&w.client.transport, "test");
        run(&w);
        assert_int_equal(transport_is_compressed(&w.client.transport), compresses);
        assert_int_equal(transport_is_compressed(&w.server.transport), compresses);
        say(&w.client, n);
        say(&w.server, n);
        run(&w);
        heard(&w.client, n, 1);
        heard(&w.server, n, 1);
    }
    stop(&w);
}

/* ---- when to rekey ---- */

static void keys_are_changed_after_so_many_octets_but_not_in_the_login(void **state)
{
    (void)state;
    struct world w;
    const struct options options = { AEAD, "none", 1000, 0 };
    start(&w, &options);
    run(&w);
    for (uint8_t n = 0; n < 100; n++)
        say(&w.client, n);
    run(&w);
    assert_int_equal(w.client.exchanges, 1);
    log_in(&w);
    say(&w.client, 100);
    run(&w);
    assert_int_equal(w.client.exchanges, 2);
    assert_int_equal(w.server.exchanges, 2);
    heard(&w.server, 0, 101);
    stop(&w);
}

static void keys_are_changed_before_sequence_numbers_come_again(void **state)
{
    (void)state;
    struct world w;
    start(&w, &usual);
    log_in(&w);
    w.server.transport.opener.packets = ((uint64_t)1 << 31) - 2;
    say(&w.client, 0);
    run(&w);
    assert_int_equal(w.server.exchanges, 1);
    say(&w.client, 1);
    run(&w);
    assert_int_equal(w.server.exchanges, 2);
    stop(&w);
}

static void keys_are_changed_after_so_much_time(void **state)
{
    (void)state;
    struct world w;
    const struct options options = { AEAD, "none", 0, 5000 };
    start(&w, &options);
    log_in(&w);
    for (size_t n = 1; n < 4; n++) {
        struct instant due = transport_deadline(&w.client.transport);
        assert_int_equal(due.us, n * 5000 * 1000);
        assert_int_equal(transport_expire(&w.client.transport, (struct instant){ due.us - 1 }), OK);
        run(&w);
        assert_int_equal(w.client.exchanges, n);
        assert_int_equal(transport_expire(&w.client.transport, due), OK);
        run(&w);
        assert_int_equal(w.client.exchanges, n + 1);
    }
    stop(&w);
}

/* ---- deadlines ---- */

static void expires_at(struct end *end, int64_t ms)
{
    struct instant due = transport_deadline(&end->transport);
    assert_int_equal(due.us, ms * 1000);
    assert_int_equal(transport_expire(&end->transport, (struct instant){ due.us - 1 }), OK);
    assert_int_equal(transport_expire(&end->transport, due), ERR_TIMEOUT);
}

static void silence_ends_the_first_key_exchange(void **state)
{
    (void)state;
    struct world w;
    start(&w, &usual);
    expires_at(&w.client, LIMITS_HANDSHAKE_MS);
    (void)carry(&w, &w.client, &w.server); /* half of it changes nothing */
    expires_at(&w.server, LIMITS_HANDSHAKE_MS);
    stop(&w);
}

static void silence_ends_a_later_one(void **state)
{
    (void)state;
    struct world w;
    start(&w, &usual);
    log_in(&w);
    assert_int_equal(transport_deadline(&w.client.transport).us, INSTANT_NEVER.us);
    transport_rekey(&w.client.transport, "test");
    expires_at(&w.client, LIMITS_REKEY_MS);
    stop(&w);
}

static void a_person_may_think_about_the_host_key(void **state)
{
    (void)state;
    struct world w;
    start(&w, &usual);
    w.waits = true;
    run(&w);
    const struct instant later = { (int64_t)3600 * 1000 * 1000 };
    assert_int_equal(transport_deadline(&w.client.transport).us, INSTANT_NEVER.us);
    assert_int_equal(transport_expire(&w.client.transport, later), OK);
    assert_int_equal(transport_answer_trust(&w.client.transport, true), OK);
    assert_int_equal(transport_deadline(&w.client.transport).us,
                     instant_after(later, LIMITS_HANDSHAKE_MS).us);
    run(&w);
    assert_int_equal(w.client.exchanges, 1);
    stop(&w);
}

/* ---- forgeries ---- */

/* Sends one packet of which one bit is changed. */
static void damage(struct world *w, size_t at)
{
    say(&w->client, 0);
    struct bytes out = transport_output(&w->client.transport);
    assert_int_equal(buf_append(&w->server.wire, out), OK);
    transport_sent(&w->client.transport, out.len);
    w->server.wire.data[w->server.wire.start + at] ^= 1;
    (void)feed(w, &w->server, buf_len(&w->server.wire));
}

static void a_damaged_packet_ends_it_and_is_not_heard(void **state)
{
    (void)state;
    struct world w;
    start(&w, &usual);
    log_in(&w);
    damage(&w, 10);
    assert_int_equal(w.server.err, ERR_BAD_MAC);
    assert_true(sent_is_empty(&w.server.got));
    stop(&w);
}

/* Where the length is encrypted, when and why it ends must not be seen. */
static void with_an_encrypted_length_the_end_comes_later(void **state)
{
    (void)state;
    for (size_t at = 0; at < 20; at += 10) {
        struct world w;
        const struct options options = { STREAM, "none", 0, 0 };
        start(&w, &options);
        log_in(&w);
        damage(&w, at);
        /* A changed length may also ask for more than was sent. */
        while (!w.server.transport.opener.is_discarding)
            damage(&w, at);
        assert_int_equal(w.server.err, OK);
        struct instant due = transport_deadline(&w.server.transport);
        assert_int_equal(due.us, LIMITS_DISCARD_MS * 1000);
        say(&w.client, 1);
        run(&w);
        assert_true(sent_is_empty(&w.server.got));
        assert_int_equal(transport_expire(&w.server.transport, due), ERR_BAD_MAC);
        stop(&w);
    }
}

/* ---- sizes ---- */

static void large_packets_are_for_those_who_are_logged_in(void **state)
{
    (void)state;
    static const uint8_t payload[100 * 1024] = { SSH_MSG_GLOBAL_REQUEST };
    for (int is_logged_in = 0; is_logged_in < 2; is_logged_in++) {
        struct world w;
        start(&w, &usual);
        run(&w);
        if (is_logged_in)
            log_in(&w);
        transport_send(&w.client.transport, bytes_of(payload, sizeof(payload)));
        run(&w);
        assert_int_equal(w.server.err, is_logged_in ? OK : ERR_BAD_MAC);
        stop(&w);
    }
}

static void too_much_that_waits_ends_it(void **state)
{
    (void)state;
    static const uint8_t payload[LIMITS_PAYLOAD] = { SSH_MSG_GLOBAL_REQUEST };
    struct world w;
    start(&w, &usual);
    log_in(&w);
    transport_rekey(&w.client.transport, "test");
    for (size_t held = 0; held <= LIMITS_HELD; held += sizeof(payload))
        transport_send(&w.client.transport, bytes_of(payload, sizeof(payload)));
    run(&w);
    assert_int_equal(w.client.err, ERR_OVER_BUDGET);
    stop(&w);
}

/* ---- data that is built in place ---- */

static void reserved_payloads_are_sent_as_far_as_they_were_filled(void **state)
{
    (void)state;
    static const char *const compressions[] = { "none", "zlib@openssh.com" };
    for (size_t i = 0; i < 2; i++) {
        struct world w;
        const struct options options = { AEAD, compressions[i], 0, 0 };
        start(&w, &options);
        log_in(&w);
        const size_t reserved[] = { 1000, 1000, 1000 }, filled[] = { 1000, 10 };
        struct span spans[3];
        assert_true(transport_reserve(&w.client.transport, reserved, 3, spans));
        for (size_t n = 0; n < 2; n++)
            memset(spans[n].data, SSH_MSG_CHANNEL_DATA + (int)n, filled[n]);
        transport_commit(&w.client.transport, filled, 2);
        run(&w);
        for (uint8_t n = 0; n < 2; n++) {
            struct bytes payload = sent_take(&w.server.got, SSH_MSG_CHANNEL_DATA + n);
            assert_int_equal(payload.len, filled[n]);
            assert_int_equal(payload.data[payload.len - 1], SSH_MSG_CHANNEL_DATA + n);
        }
        assert_true(sent_is_empty(&w.server.got));
        stop(&w);
    }
}

static void as_much_as_may_be_reserved_is_sent(void **state)
{
    (void)state;
    static const char *const compressions[] = { "none", "zlib@openssh.com" };
    size_t lens[TRANSPORT_RESERVE_MAX];
    struct span spans[TRANSPORT_RESERVE_MAX];
    for (size_t i = 0; i < 2; i++) {
        struct world w;
        const struct options options = { AEAD, compressions[i], 0, 0 };
        start(&w, &options);
        log_in(&w);
        for (size_t n = 0; n < TRANSPORT_RESERVE_MAX; n++)
            lens[n] = LIMITS_DATA_PACKET + 9;
        assert_true(transport_reserve(&w.client.transport, lens, TRANSPORT_RESERVE_MAX, spans));
        for (size_t n = 0; n < TRANSPORT_RESERVE_MAX; n++)
            memset(spans[n].data, SSH_MSG_CHANNEL_DATA, lens[n]);
        transport_commit(&w.client.transport, lens, TRANSPORT_RESERVE_MAX);
        run(&w);
        for (size_t n = 0; n < TRANSPORT_RESERVE_MAX; n++)
            assert_int_equal(sent_take(&w.server.got, SSH_MSG_CHANNEL_DATA).len, lens[n]);
        stop(&w);
    }
}

static void no_data_is_taken_while_keys_change_or_much_waits(void **state)
{
    (void)state;
    static const uint8_t payload[1024] = { SSH_MSG_GLOBAL_REQUEST };
    const size_t len = 10;
    struct span span;
    struct world w;
    start(&w, &usual);
    assert_false(transport_reserve(&w.client.transport, &len, 1, &span));
    log_in(&w);
    assert_true(transport_takes_data(&w.client.transport));
    transport_rekey(&w.client.transport, "test");
    assert_false(transport_reserve(&w.client.transport, &len, 1, &span));
    run(&w);
    assert_true(transport_takes_data(&w.client.transport));
    for (size_t sent = 0; sent < LIMITS_OUTPUT_DATA; sent += sizeof(payload))
        transport_send(&w.client.transport, bytes_of(payload, sizeof(payload)));
    assert_false(transport_reserve(&w.client.transport, &len, 1, &span));
    stop(&w);
}

static void the_last_packets_are_remembered(void **state)
{
    (void)state;
    uint8_t number;
    struct world w;
    start(&w, &usual);
    log_in(&w);
    const struct transport *t = &w.client.transport;
    for (uint8_t n = 0; n < 200; n++)
        say(&w.client, n);
    uint32_t next = t->sealer.sequence;
    assert_false(transport_sent_number(t, next, &number));
    assert_false(transport_sent_number(t, UINT32_MAX, &number));
    assert_false(transport_sent_number(t, next - TRANSPORT_SENT_KEPT - 1, &number));
    for (uint32_t age = 1; age <= TRANSPORT_SENT_KEPT; age++) {
        assert_true(transport_sent_number(t, next - age, &number));
        assert_int_equal(number, SSH_MSG_GLOBAL_REQUEST);
    }
    stop(&w);
}

static int start_crypto(void **state)
{
    (void)state;
    crypto_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_arrives_in_order_however_the_stream_is_cut),
        cmocka_unit_test(nothing_but_the_key_exchange_goes_in_the_clear),
        cmocka_unit_test(a_later_exchange_may_choose_another_compression),
        cmocka_unit_test(keys_are_changed_after_so_many_octets_but_not_in_the_login),
        cmocka_unit_test(keys_are_changed_before_sequence_numbers_come_again),
        cmocka_unit_test(keys_are_changed_after_so_much_time),
        cmocka_unit_test(silence_ends_the_first_key_exchange),
        cmocka_unit_test(silence_ends_a_later_one),
        cmocka_unit_test(a_person_may_think_about_the_host_key),
        cmocka_unit_test(a_damaged_packet_ends_it_and_is_not_heard),
        cmocka_unit_test(with_an_encrypted_length_the_end_comes_later),
        cmocka_unit_test(large_packets_are_for_those_who_are_logged_in),
        cmocka_unit_test(too_much_that_waits_ends_it),
        cmocka_unit_test(reserved_payloads_are_sent_as_far_as_they_were_filled),
        cmocka_unit_test(as_much_as_may_be_reserved_is_sent),
        cmocka_unit_test(no_data_is_taken_while_keys_change_or_much_waits),
        cmocka_unit_test(the_last_packets_are_remembered),
    };
    return cmocka_run_group_tests(tests, start_crypto, NULL);
}
