/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void finish_well(struct pair *p)
{
    pair_run(p);
    if (!p->closed)
        print_error("client %s (%s), server %s (%s), received %zu\n", err_name(p->client.err),
                    connection_failure(p->client.connection), err_name(p->server.err),
                    connection_failure(p->server.connection), p->received);
    assert_true(p->closed);
    assert_int_equal(p->exit_status, PAIR_STATUS);
    assert_int_equal(p->received, p->options.payload);
    assert_false(p->content_differs);
}

static void run_well(const struct pair_options *options)
{
    struct pair p;
    pair_init(&p, options);
    finish_well(&p);
    pair_free(&p);
}

static void a_login_runs_a_command_and_returns_its_status(void **state)
{
    (void)state;
    const struct pair_options options = { .payload = 1000 };
    run_well(&options);
}

static void every_algorithm_of(enum algorithms_category category, size_t field_offset,
                               struct pair_options options)
{
    struct bytes names = algorithms_supported(category);
    while (names.len) {
        char name[80];
        struct bytes one = bytes_cut(&names, ',');
        assert_true(bytes_to_text(one, name, sizeof(name)));
        *(const char **)(void *)((char *)&options + field_offset) = name;
        run_well(&options);
    }
}

static void every_key_exchange_works(void **state)
{
    (void)state;
    const struct pair_options options = { .payload = 100 };
    every_algorithm_of(ALGORITHMS_KEX, offsetof(struct pair_options, kex), options);
}

static void every_host_key_algorithm_works(void **state)
{
    (void)state;
    const struct pair_options options = { .payload = 100 };
    every_algorithm_of(ALGORITHMS_HOST_KEY, offsetof(struct pair_options, host_key), options);
}

static void compression_begins_after_the_login(void **state)
{
    (void)state;
    const struct pair_options options = { .payload = 300000,
                                          .compression = "zlib@openssh.com",
                                          .rekey_octets = 50000 };
    run_well(&options);
}

/* What goes out before the login is known to have succeeded arrives behind its success, from which on
 * the server decompresses. */
static void with_compression_nothing_goes_ahead_of_the_login(void **state)
{
    (void)state;
    const struct pair_options options = {
        .payload = 100000, .compression = "zlib@openssh.com", .guesses = true, .pipelines = true
    };
    run_well(&options);
}

static void every_protection(void (*check)(const char *cipher, const char *mac))
{
    struct bytes ciphers = algorithms_supported(ALGORITHMS_CIPHER);
    while (ciphers.len) {
        char cipher[80], mac[80];
        assert_true(bytes_to_text(bytes_cut(&ciphers, ','), cipher, sizeof(cipher)));
        bool needs_mac = algorithms_find_cipher(bytes_text(cipher))->mode == ALGORITHMS_CTR;
        struct bytes macs = algorithms_supported(ALGORITHMS_MAC);
        do {
            assert_true(bytes_to_text(bytes_cut(&macs, ','), mac, sizeof(mac)));
            check(cipher, mac);
        } while (needs_mac && macs.len);
    }
}

static void check_cuts(const char *cipher, const char *mac)
{
    static const size_t chunks[] = { 0, 1, 3, 17, 100, 4096, 50, 1000 };
    uint64_t client = 0, server = 0;
    for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
        struct pair p;
        const struct pair_options options = { .payload = 5000,
                                              .cipher = cipher,
                                              .mac = mac,
                                              .chunk = chunks[i],
                                              .is_cut_at_random = i >= 6 };
        pair_init(&p, &options);
        finish_well(&p);
        if (i == 0) {
            client = p.client.digest;
            server = p.server.digest;
        }
        assert_true(p.client.digest == client && p.server.digest == server);
        pair_free(&p);
    }
}

static void the_cut_into_chunks_does_not_matter(void **state)
{
    (void)state;
    every_protection(check_cuts);
}

static size_t turns_until_status(bool guesses, bool pipelines)
{
    struct pair p;
    const struct pair_options options = { .guesses = guesses, .pipelines = pipelines };
    pair_init(&p, &options);
    finish_well(&p);
    size_t turns = p.round_trips;
    pair_free(&p);
    return turns;
}

static void guessing_and_pipelining_save_round_trips(void **state)
{
    (void)state;
    size_t careful = turns_until_status(false, false);
    size_t fast = turns_until_status(true, true);
    assert_true(fast + 2 <= careful);
}

static void a_query_comes_before_the_signature_if_asked_for(void **state)
{
    (void)state;
    const struct pair_options options = { .payload = 10, .sends_query = true };
    run_well(&options);
}

static void too_many_refused_logins_end_the_connection(void **state)
{
    (void)state;
    struct pair p;
    const struct pair_options options = { .refuses_login = true };
    pair_init(&p, &options);
    pair_run(&p);
    assert_int_equal(p.asks, 3);
    assert_int_equal(p.server.err, ERR_NO_AUTH);
    pair_free(&p);
}

static size_t rekeys_of(const struct pair_options *options)
{
    struct pair p;
    pair_init(&p, options);
    finish_well(&p);
    size_t count = p.kex_count - 1;
    pair_free(&p);
    return count;
}

static void rekeys_happen_under_load(void **state)
{
    (void)state;
    const struct pair_options options = { .payload = 1000000, .pace = 5000, .rekey_octets = 10000 };
    assert_true(rekeys_of(&options) > 50);
}

/* Every few KiB of data, and every few turns of the wire, which is cut anywhere. */
static void check_rekeys(const char *cipher, const char *mac)
{
    for (enum pair_rekeys who = PAIR_EITHER_REKEYS; who <= PAIR_BOTH_REKEY; who++) {
        struct pair_options options = { .cipher = cipher,
                                        .mac = mac,
                                        .payload = 60000,
                                        .pace = 1500,
                                        .chunk = 3000,
                                        .is_cut_at_random = true,
                                        .rekeys = who };
        options.rekey_ms = 3;
        assert_true(rekeys_of(&options) >= 7);
        options.rekey_ms = 0;
        options.rekey_octets = 4096;
        if (who != PAIR_BOTH_REKEY)
            assert_true(rekeys_of(&options) >= 10);
    }
}

static void whoever_begins_it_data_goes_on_behind_a_rekey(void **state)
{
    (void)state;
    every_protection(check_rekeys);
}

static void compression_begins_anew_with_each_rekey(void **state)
{
    (void)state;
    const struct pair_options options = { .compression = "zlib@openssh.com",
                                          .payload = 60000,
                                          .pace = 1500,
                                          .chunk = 3000,
                                          .is_cut_at_random = true,
                                          .rekey_ms = 3 };
    assert_true(rekeys_of(&options) >= 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_login_runs_a_command_and_returns_its_status),
        cmocka_unit_test(every_key_exchange_works),
        cmocka_unit_test(every_host_key_algorithm_works),
        cmocka_unit_test(compression_begins_after_the_login),
        cmocka_unit_test(with_compression_nothing_goes_ahead_of_the_login),
        cmocka_unit_test(the_cut_into_chunks_does_not_matter),
        cmocka_unit_test(guessing_and_pipelining_save_round_trips),
        cmocka_unit_test(a_query_comes_before_the_signature_if_asked_for),
        cmocka_unit_test(too_many_refused_logins_end_the_connection),
        cmocka_unit_test(rekeys_happen_under_load),
        cmocka_unit_test(whoever_begins_it_data_goes_on_behind_a_rekey),
        cmocka_unit_test(compression_begins_anew_with_each_rekey),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
