/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/offer.h"

#include "config/server_options.h"
#include "crypto/crypto.h"
#include "keys/private/private_key.h"
#include "programs/server/keyd/host_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static enum err apply(struct offer *offer, const char *line, struct buf *problem)
{
    struct server_options options;
    server_options_init(&options);
    offer_init(offer);
    if (line)
        assert_int_equal(server_options_set(&options, bytes_text(line)), OK);
    enum err err = offer_apply(offer, &options, problem);
    server_options_wipe(&options);
    return err;
}

static void without_options_it_is_what_we_have_by_default(void **state)
{
    (void)state;
    struct offer offer;
    scoped(buf) problem = BUF_EMPTY(1000);
    assert_int_equal(apply(&offer, NULL, &problem), OK);
    struct algorithms_offer names = offer_names(&offer);
    assert_true(bytes_equal(names.names[ALGORITHMS_CIPHER], algorithms_default(ALGORITHMS_CIPHER)));
    assert_true(bytes_is(names.names[ALGORITHMS_COMPRESSION], "none,zlib@openssh.com"));
    offer_wipe(&offer);
}

static void a_list_replaces_and_a_sign_changes(void **state)
{
    (void)state;
    struct offer offer;
    scoped(buf) problem = BUF_EMPTY(1000);
    assert_int_equal(apply(&offer, "Ciphers aes256-ctr,aes128-ctr", &problem), OK);
    assert_true(bytes_is(offer_names(&offer).names[ALGORITHMS_CIPHER], "aes256-ctr,aes128-ctr"));
    offer_wipe(&offer);
    assert_int_equal(apply(&offer, "KexAlgorithms -diffie-*,ecdh-*", &problem), OK);
    assert_true(bytes_is(offer_names(&offer).names[ALGORITHMS_KEX],
                         "curve25519-sha256,curve25519-sha256@libssh.org"));
    offer_wipe(&offer);
}

static void a_name_that_we_lack_is_told(void **state)
{
    (void)state;
    struct offer offer;
    scoped(buf) problem = BUF_EMPTY(1000);
    assert_int_not_equal(apply(&offer, "MACs hmac-sha2-256,hmac-rot13", &problem), OK);
    assert_string_equal(buf_text(&problem), "Bad SSH2 MACs 'hmac-rot13'");
    offer_wipe(&offer);
}

static void host_key_algorithms_need_a_key(void **state)
{
    (void)state;
    struct offer offer;
    struct host_keys keys;
    struct private_key *key = NULL;
    scoped(buf) problem = BUF_EMPTY(1000);
    host_keys_init(&keys);
    assert_int_equal(private_key_generate(PKEY_P256, 0, &key), OK);
    assert_int_equal(host_keys_add(&keys, key), OK);
    assert_int_equal(apply(&offer, NULL, &problem), OK);
    assert_int_equal(offer_keep_possible(&offer, buf_bytes(&keys.blobs)), OK);
    assert_true(bytes_is(offer_names(&offer).names[ALGORITHMS_HOST_KEY], "ecdsa-sha2-nistp256"));
    offer_wipe(&offer);
    host_keys_wipe(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_it_is_what_we_have_by_default),
        cmocka_unit_test(a_list_replaces_and_a_sign_changes),
        cmocka_unit_test(a_name_that_we_lack_is_told),
        cmocka_unit_test(host_key_algorithms_need_a_key),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
