/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/offer/offer.h"

#include "crypto/crypto.h"
#include "keys/private/private_key.h"
#include "programs/server/keyd/host_keys.h"
#include "ssh/transport/algorithms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static enum err apply(struct offer *offer, enum offer_wish wish, const char *spec,
                      struct buf *problem)
{
    enum offer_wish wrong;
    struct offer_wishes wishes = { { false }, { BYTES_NONE } };
    wishes.is_given[wish] = spec != NULL;
    wishes.specs[wish] = bytes_text(spec ? spec : "");
    offer_init(offer);
    enum err err = offer_apply(offer, &wishes, &wrong, problem);
    assert_int_equal(wrong, err == OK ? OFFER_WISH_COUNT : wish);
    return err;
}

static void expect_names(enum offer_wish wish, const char *spec, const char *names)
{
    struct offer offer;
    scoped(buf) problem = BUF_EMPTY(1000);
    assert_int_equal(apply(&offer, wish, spec, &problem), OK);
    struct buf *list = wish == OFFER_WISH_USER_KEY ? &offer.user_keys : &offer.names[wish];
    assert_string_equal(buf_text(list), names);
    offer_wipe(&offer);
}

static void expect_problem(enum offer_wish wish, const char *spec, const char *words)
{
    struct offer offer;
    scoped(buf) problem = BUF_EMPTY(1000);
    assert_int_not_equal(apply(&offer, wish, spec, &problem), OK);
    assert_string_equal(buf_text(&problem), words);
    offer_wipe(&offer);
}

static void without_options_it_is_what_we_have_by_default(void **state)
{
    (void)state;
    struct offer offer;
    scoped(buf) problem = BUF_EMPTY(1000);
    assert_int_equal(apply(&offer, OFFER_WISH_KEX, NULL, &problem), OK);
    assert_true(bytes_equal(buf_bytes(&offer.names[OFFER_NAMES_CIPHER]),
                            algorithms_default(ALGORITHMS_CIPHER)));
    assert_true(bytes_equal(buf_bytes(&offer.user_keys), algorithms_default(ALGORITHMS_HOST_KEY)));
    assert_string_equal(buf_text(&offer.names[OFFER_NAMES_COMPRESSION]), "none,zlib@openssh.com");
    offer_wipe(&offer);
}

static void compression_is_offered_unless_it_is_unwanted(void **state)
{
    (void)state;
    struct offer offer;
    scoped(buf) problem = BUF_EMPTY(1000);
    assert_int_equal(apply(&offer, OFFER_WISH_COMPRESSION, "none", &problem), OK);
    assert_string_equal(buf_text(&offer.names[OFFER_NAMES_COMPRESSION]), "none");
    offer_wipe(&offer);
}

static void a_list_replaces_and_a_sign_changes(void **state)
{
    (void)state;
    expect_names(OFFER_WISH_CIPHER, "aes256-ctr,aes128-ctr", "aes256-ctr,aes128-ctr");
    expect_names(OFFER_WISH_KEX, "-diffie-*,ecdh-*",
                 "curve25519-sha256,curve25519-sha256@libssh.org");
    expect_names(OFFER_WISH_MAC, "hmac-sha2-256", "hmac-sha2-256");
    expect_names(OFFER_WISH_HOST_KEY, "ssh-ed25519", "ssh-ed25519");
}

static void a_name_that_we_lack_is_told(void **state)
{
    (void)state;
    expect_problem(
        OFFER_WISH_MAC, "hmac-sha2-256,hmac-rot13",
        "Bad SSH2 MAC spec 'hmac-sha2-256,hmac-rot13'. No such name is known: hmac-rot13.");
    expect_problem(OFFER_WISH_CIPHER, "\033[2J",
                   "Bad SSH2 cipher spec '\\x1b[2J'. No such name is known: \\x1b[2J.");
    expect_problem(OFFER_WISH_KEX, "", "Bad SSH2 KexAlgorithms ''. Nothing is left of it.");
}

static void what_openssh_has_and_we_lack_is_passed_over(void **state)
{
    (void)state;
    expect_names(OFFER_WISH_KEX, "sntrup761x25519-sha512@openssh.com,curve25519-sha256",
                 "curve25519-sha256");
    expect_names(OFFER_WISH_HOST_KEY, "ssh-ed25519-cert-v01@openssh.com,ssh-ed25519",
                 "ssh-ed25519");
    expect_problem(
        OFFER_WISH_CIPHER, "3des-cbc",
        "Bad SSH2 cipher spec '3des-cbc'. Nothing is left of it: 3des-cbc: there is no CBC.");
}

static void of_users_keys_those_are_passed_over_that_we_lack(void **state)
{
    (void)state;
    expect_names(OFFER_WISH_USER_KEY, "ssh-ed25519,ssh-dss", "ssh-ed25519");
    expect_problem(
        OFFER_WISH_USER_KEY, "ssh-dss",
        "Bad key types 'ssh-dss'. Nothing is left of it: ssh-dss: there are no DSA keys.");
}

static void host_key_algorithms_need_a_key(void **state)
{
    (void)state;
    struct host_keys keys;
    struct private_key *key = NULL;
    scoped(buf) kept = BUF_EMPTY(1000);
    host_keys_init(&keys);
    assert_int_equal(private_key_generate(PKEY_P256, 0, &key), OK);
    assert_int_equal(host_keys_add(&keys, key), OK);
    assert_int_equal(
        offer_keep_possible(algorithms_default(ALGORITHMS_HOST_KEY), buf_bytes(&keys.blobs), &kept),
        OK);
    assert_string_equal(buf_text(&kept), "ecdsa-sha2-nistp256");
    host_keys_wipe(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_it_is_what_we_have_by_default),
        cmocka_unit_test(compression_is_offered_unless_it_is_unwanted),
        cmocka_unit_test(a_list_replaces_and_a_sign_changes),
        cmocka_unit_test(a_name_that_we_lack_is_told),
        cmocka_unit_test(what_openssh_has_and_we_lack_is_passed_over),
        cmocka_unit_test(of_users_keys_those_are_passed_over_that_we_lack),
        cmocka_unit_test(host_key_algorithms_need_a_key),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
