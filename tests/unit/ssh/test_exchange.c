/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/exchange.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "unit/exchange_vectors.h"

static void assert_begins(struct bytes key, const json_t *test, const char *letter)
{
    struct buf wanted = vectors_hex(test, letter);
    assert_true(bytes_equal(key, bytes_slice(buf_bytes(&wanted), 0, key.len)));
    buf_wipe(&wanted);
}

/* RFC 4253 section 7.2: A and B are the IVs, C and D the keys, E and F the integrity keys; the first of
 * each pair is from client to server. */
static void the_keys_are_those_that_openssh_used(void **state)
{
    (void)state;
    static const char *const pairs[] = {
        "aes256-ctr",
        "hmac-sha2-512",
        "chacha20-poly1305@openssh.com",
        "hmac-sha2-256",
    };
    json_t *tests = vectors_load("ssh/exchange.json");
    size_t index;
    json_t *test;
    json_array_foreach(tests, index, test)
    {
        struct exchange_vectors r = exchange_vectors_load(test);
        struct bytes recorded = buf_bytes(&r.parts[HASH]);
        struct exchange_hash hash = { .len = recorded.len };
        memcpy(hash.octets, recorded.data, recorded.len);
        for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i += 2) {
            const struct algorithms_cipher *cipher = algorithms_find_cipher(bytes_text(pairs[i]));
            const struct algorithms_mac *mac = algorithms_find_mac(bytes_text(pairs[i + 1]));
            for (int up = 0; up < 2; up++) {
                struct exchange_keys keys;
                exchange_derive(r.digest, buf_bytes(&r.parts[SECRET]), &hash,
                                buf_bytes(&r.parts[HASH]), up, cipher, mac, &keys);
                assert_int_equal(keys.material.key.len, cipher->key_len);
                assert_begins(keys.material.iv, test, up ? "A" : "B");
                assert_begins(keys.material.key, test, up ? "C" : "D");
                assert_begins(keys.material.mac_key, test, up ? "E" : "F");
                bytes_wipe(&keys, sizeof(keys));
            }
        }
        exchange_vectors_release(&r);
    }
    json_decref(tests);
}

static int start(void **state)
{
    (void)state;
    crypto_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_keys_are_those_that_openssh_used),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
