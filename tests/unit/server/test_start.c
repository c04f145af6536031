/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/start.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static const struct start example = {
    .peer = { "192.0.2.7", 50000 },
    .local = { "2001:db8::1", 22 },
    .offer = { { B("kex"), B("host key"), B("cipher"), B("mac"), B("compression") } },
    .host_keys = B("\0\0\0\3key"),
    .user_key_algorithms = B("ssh-ed25519"),
    .auth_methods = B("publickey,password"),
    .banner = B("Hello\n"),
    .software = B("software"),
    .sent_cookie = B("sixteen octets !"),
    .log_level = 3,
    .explains = true,
    .asks_terms = true,
    .is_joint = true,
    .max_auth_tries = 6,
    .max_sessions = 10,
    .login_grace_time = 120,
    .alive_interval = 15,
    .alive_count_max = 3,
    .rekey_octets = ((uint64_t)5 << 32) + 7,
    .rekey_seconds = 3600,
};

static void expect_equal(const struct start *a, const struct start *b)
{
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        assert_true(bytes_equal(a->offer.lists[i], b->offer.lists[i]));
    assert_string_equal(a->peer.address, b->peer.address);
    assert_string_equal(a->local.address, b->local.address);
    assert_int_equal(a->peer.port, b->peer.port);
    assert_int_equal(a->local.port, b->local.port);
    assert_true(bytes_equal(a->host_keys, b->host_keys));
    assert_true(bytes_equal(a->user_key_algorithms, b->user_key_algorithms));
    assert_true(bytes_equal(a->auth_methods, b->auth_methods));
    assert_true(bytes_equal(a->banner, b->banner));
    assert_true(bytes_equal(a->software, b->software));
    assert_true(bytes_equal(a->sent_cookie, b->sent_cookie));
    assert_int_equal(a->log_level, b->log_level);
    assert_int_equal(a->explains, b->explains);
    assert_int_equal(a->asks_terms, b->asks_terms);
    assert_int_equal(a->is_joint, b->is_joint);
    assert_int_equal(a->max_auth_tries, b->max_auth_tries);
    assert_int_equal(a->max_sessions, b->max_sessions);
    assert_int_equal(a->login_grace_time, b->login_grace_time);
    assert_int_equal(a->alive_interval, b->alive_interval);
    assert_int_equal(a->alive_count_max, b->alive_count_max);
    assert_true(a->rekey_octets == b->rekey_octets);
    assert_int_equal(a->rekey_seconds, b->rekey_seconds);
}

static void a_worker_learns_all_that_it_is_told(void **state)
{
    (void)state;
    struct record record = start_encode(&example);
    scoped(buf) datagram = BUF_EMPTY(RECORD_LEN_MAX);
    assert_int_equal(record_encode(&record, &datagram), OK);
    struct record came;
    struct start start;
    assert_int_equal(record_decode(buf_bytes(&datagram), &came), OK);
    assert_int_equal(start_decode(&came, &start), OK);
    expect_equal(&start, &example);
}

static void what_cannot_be_an_address_is_refused(void **state)
{
    (void)state;
    struct start start;
    struct record record = start_encode(&example);
    record.texts[0] = B("an address of more than sixty-four octets, which no address can be, has");
    assert_int_equal(start_decode(&record, &start), ERR_BAD_VALUE);
    record = start_encode(&example);
    record.numbers[1] = 65536;
    assert_int_equal(start_decode(&record, &start), ERR_BAD_VALUE);
    assert_int_equal(start_decode(&(struct record){ .type = RECORD_BYE }, &start), ERR_BAD_STATE);
}

static void a_cookie_has_sixteen_octets_or_is_none(void **state)
{
    (void)state;
    struct start start, other = example;
    for (size_t len = 0; len <= 16; len++) {
        other.sent_cookie.len = len;
        struct record record = start_encode(&other);
        assert_int_equal(start_decode(&record, &start), len == 0 || len == 16 ? OK : ERR_BAD_VALUE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_learns_all_that_it_is_told),
        cmocka_unit_test(what_cannot_be_an_address_is_refused),
        cmocka_unit_test(a_cookie_has_sixteen_octets_or_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
