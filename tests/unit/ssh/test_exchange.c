/* SPDX-License-Identifier: BSD-2-Clause */
/* Recorded key exchanges with OpenSSH: the same hash, and the same keys from it. */
#include "ssh/transport/exchange.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/vectors.h"

/* The parts of one recorded exchange, in the order of the RFC. */
enum part {
    CLIENT_IDENT,
    SERVER_IDENT,
    CLIENT_KEXINIT,
    SERVER_KEXINIT,
    HOST_KEY,
    CLIENT_SHARE,
    SERVER_SHARE,
    SECRET,
    HASH,
    PART_COUNT
};

static const char *const part_names[PART_COUNT] = {
    "client_ident", "server_ident", "client_kexinit", "server_kexinit", "host_key",
    "client_share", "server_share", "secret",         "hash",
};

struct recorded {
    struct buf parts[PART_COUNT];
    enum digest_algorithm digest;
    bool has_mpints;
};

static struct recorded load(const json_t *test)
{
    struct recorded r;
    for (enum part part = 0; part < PART_COUNT; part++)
        r.parts[part] = vectors_hex(test, part_names[part]);
    const struct algorithms_kex *kex = algorithms_find_kex(bytes_text(vectors_text(test, "kex")));
    assert_non_null(kex);
    r.digest = kex->digest;
    r.has_mpints = strncmp(vectors_text(test, "kex"), "diffie", 6) == 0;
    return r;
}

static void release(struct recorded *r)
{
    for (enum part part = 0; part < PART_COUNT; part++)
        buf_wipe(&r->parts[part]);
}

static struct exchange_hash hash_of(const struct recorded *r)
{
    struct bytes p[PART_COUNT];
    for (enum part part = 0; part < PART_COUNT; part++)
        p[part] = buf_bytes(&r->parts[part]);
    const struct exchange_parts parts = {
        .client_ident = p[CLIENT_IDENT],
        .server_ident = p[SERVER_IDENT],
        .client_kexinit = p[CLIENT_KEXINIT],
        .server_kexinit = p[SERVER_KEXINIT],
        .host_key = p[HOST_KEY],
        .client_share = p[CLIENT_SHARE],
        .server_share = p[SERVER_SHARE],
        .shares_are_mpints = r->has_mpints,
        .secret = p[SECRET],
    };
    struct exchange_hash hash;
    assert_int_equal(exchange_compute_hash(r->digest, &parts, &hash), OK);
    return hash;
}

static void the_hash_is_the_one_that_openssh_signed(void **state)
{
    (void)state;
    json_t *tests = vectors_load("ssh/exchange.json");
    size_t index;
    json_t *test;
    json_array_foreach(tests, index, test)
    {
        struct recorded r = load(test);
        struct exchange_hash hash = hash_of(&r);
        assert_true(bytes_equal(bytes_of(hash.octets, hash.len), buf_bytes(&r.parts[HASH])));
        release(&r);
    }
    json_decref(tests);
}

static void every_part_counts(void **state)
{
    (void)state;
    json_t *tests = vectors_load("ssh/exchange.json");
    struct recorded r = load(json_array_get(tests, 0));
    for (enum part part = 0; part < HASH; part++) {
        uint8_t *octet = &r.parts[part].data[r.parts[part].end - 1];
        *octet ^= 1;
        struct exchange_hash hash = hash_of(&r);
        assert_false(bytes_equal(bytes_of(hash.octets, hash.len), buf_bytes(&r.parts[HASH])));
        *octet ^= 1;
    }
    release(&r);
    json_decref(tests);
}

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
        struct recorded r = load(test);
        struct exchange_hash hash = hash_of(&r);
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
        release(&r);
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
        cmocka_unit_test(the_hash_is_the_one_that_openssh_signed),
        cmocka_unit_test(every_part_counts),
        cmocka_unit_test(the_keys_are_those_that_openssh_used),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
