/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/exchange_hash.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "unit/exchange_vectors.h"

static struct exchange_hash hash_of(const struct exchange_vectors *r)
{
    struct bytes p[PART_COUNT];
    for (enum exchange_vectors_part part = 0; part < PART_COUNT; part++)
        p[part] = buf_bytes(&r->parts[part]);
    const struct exchange_hash_parts parts = {
        .digest = r->digest,
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
    assert_int_equal(exchange_hash_compute(&parts, &hash), OK);
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
        struct exchange_vectors r = exchange_vectors_load(test);
        struct exchange_hash hash = hash_of(&r);
        assert_true(bytes_equal(bytes_of(hash.octets, hash.len), buf_bytes(&r.parts[HASH])));
        exchange_vectors_release(&r);
    }
    json_decref(tests);
}

static void every_part_counts(void **state)
{
    (void)state;
    json_t *tests = vectors_load("ssh/exchange.json");
    struct exchange_vectors r = exchange_vectors_load(json_array_get(tests, 0));
    for (enum exchange_vectors_part part = 0; part < HASH; part++) {
        uint8_t *octet = &r.parts[part].data[r.parts[part].end - 1];
        *octet ^= 1;
        struct exchange_hash hash = hash_of(&r);
        assert_false(bytes_equal(bytes_of(hash.octets, hash.len), buf_bytes(&r.parts[HASH])));
        *octet ^= 1;
    }
    exchange_vectors_release(&r);
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
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
