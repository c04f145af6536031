/* SPDX-License-Identifier: BSD-2-Clause */
/* Two key exchange machines against each other, whose messages may be changed on the way. */
#include "ssh/transport/kex.h"

#include "base/limits.h"
#include "crypto/crypto.h"
#include "keys/private/private_key.h"
#include "sent.h"

struct end {
    struct kex kex;
    struct sealer sealer;
    struct opener opener;
    struct sent sent;
    size_t inits, others; /* KEX_INITs that were sent; messages that are no key exchange's */
    bool is_done;
};

struct world {
    struct end client, server;
    struct private_key *key;
    struct rng rng;
    uint8_t random;
    bool trusts, signs;
    bool asked_for_trust;
    /* Which octet of which message is changed on the way. */
    const struct end *liar;
    uint8_t changed_number;
    size_t changed_at, changed_len; /* the length is learnt */
};

struct offers {
    const char *client_kex, *server_kex;
    bool guesses;
};

static void count_up(void *context, struct span out)
{
    struct world *w = context;
    for (size_t i = 0; i < out.len; i++)
        out.data[i] = w->random++;
}

static void start_end(struct world *w, struct end *end, enum role role, const char *kex,
                      const struct kex_setup *more)
{
    struct kex_setup setup = *more;
    setup.role = role;
    setup.offer.names[ALGORITHMS_KEX] = bytes_text(kex);
    setup.offer.names[ALGORITHMS_HOST_KEY] = B("ssh-ed25519");
    setup.offer.names[ALGORITHMS_CIPHER] = B("aes128-ctr");
    setup.offer.names[ALGORITHMS_MAC] = B("hmac-sha2-256");
    setup.offer.names[ALGORITHMS_COMPRESSION] = B("none");
    setup.rng = &w->rng;
    setup.outbox = sent_start(&end->sent);
    setup.sealer = &end->sealer;
    setup.opener = &end->opener;
    sealer_init(&end->sealer, &w->rng);
    opener_init(&end->opener);
    bool is_client = role == ROLE_CLIENT;
    kex_init(&end->kex, &setup, is_client ? B("SSH-2.0-client") : B("SSH-2.0-server"));
    kex_know_peer(&end->kex, is_client ? B("SSH-2.0-server") : B("SSH-2.0-client"));
}

static void start(struct world *w, const struct offers *offers)
{
    *w = (struct world){ .trusts = true, .signs = true };
    w->rng = (struct rng){ count_up, w };
    assert_int_equal(private_key_generate(PKEY_ED25519, 0, &w->key), OK);
    scoped(buf) keys = BUF_EMPTY(LIMIT_KEY_FILE);
    struct writer out = writer_to(&keys);
    writer_string(&out, private_key_public_blob(w->key));
    const struct kex_setup client = { .guesses = offers->guesses };
    const struct kex_setup server = { .host_keys = buf_bytes(&keys), .ext_info = B("\7\0\0\0\0") };
    start_end(w, &w->client, ROLE_CLIENT, offers->client_kex, &client);
    start_end(w, &w->server, ROLE_SERVER, offers->server_kex, &server);
}

static void stop(struct world *w)
{
    struct end *ends[] = { &w->client, &w->server };
    for (size_t i = 0; i < 2; i++) {
        kex_wipe(&ends[i]->kex);
        sealer_wipe(&ends[i]->sealer);
        opener_wipe(&ends[i]->opener);
        sent_wipe(&ends[i]->sent);
    }
    private_key_free(w->key);
}

/* Who signs may compute the hash itself. */
static void check_parts(const struct kex_event *event)
{
    struct exchange_hash hash;
    assert_int_equal(exchange_hash_compute(&event->exchange, &hash), OK);
    assert_true(bytes_equal(event->message, bytes_of(hash.octets, hash.len)));
}

static enum err answer(struct world *w, struct end *end, const struct kex_event *event)
{
    scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
    switch (event->kind) {
    case KEX_NOTHING:
        return OK;
    case KEX_ASK_SIGNATURE:
        check_parts(event);
        assert_int_equal(private_key_sign(w->key, event->algorithm, event->message, &signature),
                         OK);
        return kex_answer_signature(&end->kex, w->signs ? buf_bytes(&signature) : BYTES_NONE);
    case KEX_ASK_TRUST:
        w->asked_for_trust = true;
        assert_true(bytes_equal(event->blob, private_key_public_blob(w->key)));
        return kex_answer_trust(&end->kex, w->trusts);
    case KEX_DONE:
        end->is_done = true;
        return OK;
    }
    return ERR_BAD_STATE;
}

static struct bytes oldest(const struct end *end)
{
    struct reader r = reader_over(buf_bytes(&end->sent.payloads), NULL);
    return reader_string(&r, "payload");
}

static void change(struct world *w, const struct end *from, struct bytes payload)
{
    if (from != w->liar || message_number(payload) != w->changed_number)
        return;
    w->changed_len = payload.len;
    if (w->changed_at < payload.len)
        ((uint8_t *)(uintptr_t)payload.data)[w->changed_at] ^= (uint8_t)(1 << w->changed_at % 8);
    w->liar = NULL;
}

static enum err deliver(struct world *w, struct end *from, struct end *to)
{
    struct bytes lent = sent_take(&from->sent, message_number(oldest(from)));
    struct bytes payload = codec_copy(lent, lent.len, 0);
    change(w, from, payload);
    uint8_t number = message_number(payload);
    enum err err = OK;
    to->opener.sequence++;
    from->inits += number == SSH_MSG_KEX_INIT;
    if (number < SSH_MSG_KEXINIT || number >= SSH_MSG_USERAUTH_REQUEST) {
        from->others++;
    } else if (!kex_drops(&to->kex, number)) {
        struct kex_event event;
        err = kex_feed(&to->kex, payload, &event);
        if (err == OK)
            err = answer(w, to, &event);
    }
    codec_free(payload);
    return err;
}

/* Passes messages on until nothing moves or something fails. */
static enum err run(struct world *w)
{
    for (;;) {
        if (!sent_is_empty(&w->client.sent))
            TRY(deliver(w, &w->client, &w->server));
        else if (!sent_is_empty(&w->server.sent))
            TRY(deliver(w, &w->server, &w->client));
        else
            return OK;
    }
}

static enum err exchange(struct world *w)
{
    w->client.is_done = w->server.is_done = w->asked_for_trust = false;
    kex_start(&w->client.kex);
    kex_start(&w->server.kex);
    return run(w);
}

static const struct offers usual = { "curve25519-sha256", "curve25519-sha256", false };

/* Messages are passed on unsealed here, so that the sequence numbers must be made to agree. */
static void opens(struct end *from, struct end *to)
{
    scoped(buf) wire = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(sealer_append(&from->sealer, B("hello"), &wire), OK);
    struct bytes payload;
    size_t wire_len;
    to->opener.sequence = from->sealer.sequence - 1;
    assert_int_equal(
        opener_open(&to->opener, (struct span){ wire.data, buf_len(&wire) }, &payload, &wire_len),
        OK);
    assert_true(bytes_is(payload, "hello"));
}

static void both_ends_come_to_the_same_keys(void **state)
{
    (void)state;
    struct bytes names = algorithms_supported(ALGORITHMS_KEX);
    while (names.len) {
        char name[80];
        struct world w;
        assert_true(bytes_to_text(bytes_cut(&names, ','), name, sizeof(name)));
        const struct offers offers = { name, name, false };
        start(&w, &offers);
        assert_int_equal(exchange(&w), OK);
        assert_true(w.client.is_done && w.server.is_done);
        assert_string_equal(kex_chosen(&w.client.kex)->kex, name);
        assert_true(bytes_equal(kex_session_id(&w.client.kex), kex_session_id(&w.server.kex)));
        assert_int_equal(buf_len(&w.client.kex.secret) + buf_len(&w.server.kex.secret), 0);
        opens(&w.client, &w.server);
        opens(&w.server, &w.client);
        stop(&w);
    }
}

static void later_exchanges_keep_the_session_but_no_key(void **state)
{
    (void)state;
    struct world w;
    start(&w, &usual);
    assert_int_equal(exchange(&w), OK);
    scoped(buf) session = BUF_EMPTY(1000);
    assert_int_equal(buf_append(&session, kex_session_id(&w.client.kex)), OK);
    for (int i = 0; i < 3; i++) {
        struct exchange_hash before = w.client.kex.hash;
        assert_int_equal(exchange(&w), OK);
        assert_true(w.client.is_done && w.server.is_done);
        assert_true(kex_chosen(&w.client.kex)->is_rekey);
        assert_memory_not_equal(before.octets, w.client.kex.hash.octets, before.len);
        assert_true(bytes_equal(kex_session_id(&w.client.kex), buf_bytes(&session)));
        assert_true(bytes_equal(kex_session_id(&w.server.kex), buf_bytes(&session)));
        opens(&w.client, &w.server);
        opens(&w.server, &w.client);
    }
    stop(&w);
}

/* What the signature covers is everything that was said. */
static void no_octet_of_an_exchange_can_be_changed_unnoticed(void **state)
{
    (void)state;
    static const struct {
        bool is_client;
        uint8_t number;
    } messages[] = { { true, SSH_MSG_KEXINIT },
                     { false, SSH_MSG_KEXINIT },
                     { true, SSH_MSG_KEX_INIT },
                     { false, SSH_MSG_KEX_REPLY } };
    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        size_t len = 1;
        for (size_t at = 0; at < len; at++) {
            struct world w;
            start(&w, &usual);
            w.liar = messages[i].is_client ? &w.client : &w.server;
            w.changed_number = messages[i].number;
            w.changed_at = at;
            (void)exchange(&w);
            assert_false(w.asked_for_trust || w.client.is_done || w.server.is_done);
            assert_true(w.changed_len > 30);
            len = w.changed_len;
            stop(&w);
        }
    }
}

static void the_identifications_are_signed_too(void **state)
{
    (void)state;
    struct world w;
    start(&w, &usual);
    kex_know_peer(&w.server.kex, B("SSH-2.0-clienu"));
    assert_int_equal(exchange(&w), ERR_BAD_SIGNATURE);
    assert_false(w.asked_for_trust);
    stop(&w);
}

/* ---- guesses ---- */

static void a_right_guess_is_used_and_a_wrong_one_replaced(void **state)
{
    (void)state;
    static const struct {
        struct offers offers;
        size_t inits;
    } cases[] = {
        { { "curve25519-sha256,ecdh-sha2-nistp256", "curve25519-sha256", true }, 1 },
        { { "curve25519-sha256,ecdh-sha2-nistp256", "ecdh-sha2-nistp256", true }, 2 },
        { { "curve25519-sha256,ecdh-sha2-nistp256", "ecdh-sha2-nistp256", false }, 1 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct world w;
        start(&w, &cases[i].offers);
        assert_int_equal(exchange(&w), OK);
        assert_true(w.client.is_done && w.server.is_done);
        assert_int_equal(w.client.inits, cases[i].inits);
        assert_int_equal(exchange(&w), OK); /* a later exchange does not guess */
        assert_int_equal(w.client.inits, cases[i].inits + 1);
        stop(&w);
    }
}

static void one_wrong_guess_is_dropped_but_not_two(void **state)
{
    (void)state;
    struct world w;
    const struct offers offers = { "curve25519-sha256,ecdh-sha2-nistp256", "ecdh-sha2-nistp256",
                                   true };
    start(&w, &offers);
    kex_start(&w.client.kex);
    kex_start(&w.server.kex);
    assert_int_equal(deliver(&w, &w.client, &w.server), OK); /* KEXINIT */
    assert_true(kex_drops(&w.server.kex, SSH_MSG_KEX_INIT));
    assert_int_equal(w.server.kex.state, KEX_EXPECT_SHARE);
    assert_int_equal(deliver(&w, &w.client, &w.server), ERR_BAD_KEX); /* the same once more */
    stop(&w);
}

/* ---- what ends it ---- */

static void a_key_that_is_not_trusted_gets_no_newkeys(void **state)
{
    (void)state;
    struct world w;
    start(&w, &usual);
    w.trusts = false;
    assert_int_equal(exchange(&w), ERR_UNTRUSTED);
    assert_true(w.asked_for_trust);
    assert_true(sent_is_empty(&w.client.sent));
    assert_null(w.client.sealer.keys.cipher);
    stop(&w);
}

static void a_host_that_cannot_sign_says_nothing(void **state)
{
    (void)state;
    struct world w;
    start(&w, &usual);
    w.signs = false;
    assert_int_equal(exchange(&w), ERR_CRYPTO);
    assert_true(sent_is_empty(&w.server.sent)); /* its KEXINIT has gone */
    assert_int_equal(w.server.kex.state, KEX_EXPECT_SIGNATURE);
    stop(&w);
}

static void nothing_may_come_before_a_strict_kexinit(void **state)
{
    (void)state;
    struct world w;
    start(&w, &usual);
    w.server.opener.sequence = 1;
    assert_int_equal(exchange(&w), ERR_BAD_STATE);
    stop(&w);
}

static void a_message_out_of_turn_is_refused(void **state)
{
    (void)state;
    static const struct bytes wrong[] = {
        BYTES_LITERAL("\x14"), /* a KEXINIT of nothing, NEWKEYS, an empty reply */
        BYTES_LITERAL("\x15"),
        BYTES_LITERAL("\x1f\0\0\0\0\0\0\0\0\0\0\0\0"),
    };
    /* The server is brought into every state by so many of the client's messages. */
    for (size_t delivered = 0; delivered < 3; delivered++) {
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
            struct world w;
            const struct offers offers = { "curve25519-sha256", "curve25519-sha256", true };
            start(&w, &offers);
            kex_start(&w.client.kex);
            kex_start(&w.server.kex);
            for (size_t n = 0; n < delivered; n++)
                assert_int_equal(deliver(&w, &w.client, &w.server), OK);
            bool is_newkeys = message_number(wrong[i]) == SSH_MSG_NEWKEYS;
            if (w.server.kex.state != KEX_EXPECT_NEWKEYS || !is_newkeys) {
                struct kex_event event;
                assert_int_not_equal(kex_feed(&w.server.kex, wrong[i], &event), OK);
                assert_int_equal(event.kind, KEX_NOTHING);
            }
            stop(&w);
        }
    }
}

/* ---- around NEWKEYS ---- */

static void strict_sequences_begin_anew_with_each_exchange(void **state)
{
    (void)state;
    struct world w;
    start(&w, &usual);
    for (int i = 0; i < 2; i++) {
        w.client.sealer.sequence = w.server.sealer.sequence = 5;
        assert_int_equal(exchange(&w), OK);
        assert_true(kex_chosen(&w.client.kex)->strict);
        assert_int_equal(w.server.opener.sequence, 0);
        assert_int_equal(w.client.sealer.sequence, 0);
        assert_int_equal(w.server.sealer.sequence, 0);
    }
    stop(&w);
}

static void extensions_follow_the_first_newkeys_only(void **state)
{
    (void)state;
    struct world w;
    start(&w, &usual);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(exchange(&w), OK);
        assert_int_equal(w.server.others, 1);
        assert_int_equal(w.client.others, 0);
    }
    stop(&w);
}

static bool is_zero(const void *memory, size_t len)
{
    const uint8_t *octets = memory;
    while (len > 0 && octets[len - 1] == 0)
        len--;
    return len == 0;
}

/* Neither the exchange that came to its end nor one that ended at a question keeps keys. */
static void no_keys_are_left_behind(void **state)
{
    (void)state;
    for (int trusts = 0; trusts < 2; trusts++) {
        struct world w;
        start(&w, &usual);
        w.trusts = trusts;
        assert_int_equal(exchange(&w), trusts ? OK : ERR_UNTRUSTED);
        const struct kex *ends[] = { &w.client.kex, &w.server.kex };
        stop(&w);
        for (size_t i = 0; i < 2; i++) {
            assert_true(is_zero(&ends[i]->out_keys, sizeof(ends[i]->out_keys)));
            assert_true(is_zero(&ends[i]->in_keys, sizeof(ends[i]->in_keys)));
        }
    }
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
        cmocka_unit_test(both_ends_come_to_the_same_keys),
        cmocka_unit_test(later_exchanges_keep_the_session_but_no_key),
        cmocka_unit_test(no_octet_of_an_exchange_can_be_changed_unnoticed),
        cmocka_unit_test(the_identifications_are_signed_too),
        cmocka_unit_test(a_right_guess_is_used_and_a_wrong_one_replaced),
        cmocka_unit_test(one_wrong_guess_is_dropped_but_not_two),
        cmocka_unit_test(a_key_that_is_not_trusted_gets_no_newkeys),
        cmocka_unit_test(a_host_that_cannot_sign_says_nothing),
        cmocka_unit_test(nothing_may_come_before_a_strict_kexinit),
        cmocka_unit_test(a_message_out_of_turn_is_refused),
        cmocka_unit_test(strict_sequences_begin_anew_with_each_exchange),
        cmocka_unit_test(extensions_follow_the_first_newkeys_only),
        cmocka_unit_test(no_keys_are_left_behind),
    };
    return cmocka_run_group_tests(tests, start_crypto, NULL);
}
