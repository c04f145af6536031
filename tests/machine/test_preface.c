/* SPDX-License-Identifier: BSD-2-Clause */
/* A server that goes on where somebody else has begun, against a client that cannot tell. */
#include "machine/pair.h"

#include "ssh/connection_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct pair_options cases[] = {
    { .guesses = false },
    { .guesses = true, .pipelines = true },
    { .guesses = true,
      .kex = "ecdh-sha2-nistp256,curve25519-sha256",
      .server_kex = "curve25519-sha256" },
    { .guesses = true,
      .kex = "curve25519-sha256,ecdh-sha2-nistp256",
      .server_kex = "ecdh-sha2-nistp256,curve25519-sha256" },
    { .chunk = 1 },
    { .guesses = true, .cipher = "aes128-ctr", .payload = 100000, .rekey_octets = 20000 },
};

/* The marks of strict key exchange become names that nobody knows. */
static void spoil_marks(uint8_t *octets, size_t len)
{
    static const char mark[] = "kex-strict-c";
    for (uint8_t *at = octets; (at = memmem(at, len - (size_t)(at - octets), mark, strlen(mark)));)
        memcpy(at, "kex-wanton-c", strlen(mark));
}

static void make_client_lax(struct pair *p)
{
    struct transport *t = &p->client.connection->transport;
    spoil_marks(t->kex.my_kexinit.data + t->kex.my_kexinit.start, buf_len(&t->kex.my_kexinit));
    spoil_marks(t->output.data + t->output.start, buf_len(&t->output));
}

struct outcome {
    uint64_t client_digest, server_digest;
    uint32_t sequence; /* of the server's next packet */
};

static struct outcome run(const struct pair_options *options, bool is_strict)
{
    struct pair p;
    pair_init(&p, options);
    assert_int_equal(connection_output(p.server.connection).len == 0, options->is_greeted);
    if (!is_strict)
        make_client_lax(&p);
    pair_run(&p);
    assert_int_equal(p.exit_status, PAIR_STATUS);
    assert_int_equal(p.received, options->payload);
    assert_false(p.content_differs);
    const struct kex *kex = &p.server.connection->transport.kex;
    assert_int_equal(kex_chosen(kex)->strict, is_strict);
    struct outcome outcome = { p.client.digest, p.server.digest,
                               p.server.connection->transport.sealer.sequence };
    pair_free(&p);
    return outcome;
}

static void the_client_cannot_tell_who_greeted_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair_options options = cases[i / 2];
        struct outcome own = run(&options, i % 2);
        options.is_greeted = true;
        struct outcome greeted = run(&options, i % 2);
        assert_true(greeted.client_digest == own.client_digest);
        assert_true(greeted.server_digest == own.server_digest);
        assert_int_equal(greeted.sequence, own.sequence);
    }
}

static void another_cookie_than_was_sent_breaks_the_exchange(void **state)
{
    (void)state;
    struct pair p;
    const struct pair_options options = { .is_greeted = true, .wrong_cookie = true };
    pair_init(&p, &options);
    pair_run(&p);
    assert_int_equal(p.client.err, ERR_BAD_SIGNATURE);
    pair_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_client_cannot_tell_who_greeted_it),
        cmocka_unit_test(another_cookie_than_was_sent_breaks_the_exchange),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
